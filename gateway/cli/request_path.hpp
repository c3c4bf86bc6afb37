// Paths of requests, put together from texts that may hold anything.
#pragma once

#include <string>
#include <string_view>

namespace batch::cli {

/// Encodes all bytes but the unreserved ones (RFC 3986): letters, digits and
/// "-._~". The texts "." and ".." are encoded as a whole, since they would
/// change the path.
std::string percent_encode(std::string_view text);

/// A path with its query, e.g. "/things/a%2Fb?limit=5".
class request_path {
public:
  /// @param head is taken as it is and begins with '/', e.g. "/things".
  explicit request_path(std::string_view head) : text_(head) {}

  request_path& segment(std::string_view name);
  /// Appends a parameter; both texts are encoded.
  request_path& parameter(std::string_view name, std::string_view value);
  /// Appends a parameter unless its value is empty.
  request_path& optional(std::string_view name, std::string_view value);

  const std::string& text() const { return text_; }

private:
  std::string text_;
  bool has_query_ = false;
};

} // namespace batch::cli
