// Which handler answers which method and path.
#pragma once

#include "gateway/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Routes are added before the server starts; then any thread may look up.
class router {
public:
  /// @param pattern e.g. "/batch/:id/results"; a segment that begins with ':'
  /// stands for any one segment that is not empty.
  void add(std::string method, std::string_view pattern, http_handler handler);

  struct match {
    /// Null if the path is known but not with this method, or not at all.
    const http_handler* handler = nullptr;
    std::vector<std::string> arguments;
    /// The methods of the path, e.g. "GET, HEAD"; empty if it is unknown.
    std::string allowed;
  };

  /// A leading segment "v1" is skipped. HEAD is answered by GET's handler.
  match find(std::string_view method,
             const std::vector<std::string>& segments) const;

private:
  struct route {
    std::string method;
    std::vector<std::string> pattern;
    http_handler handler;
  };

  std::vector<route> routes_;
};

} // namespace batch
