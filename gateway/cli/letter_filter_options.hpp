// Which dead letters are meant, as the command line says it.
#pragma once

#include "codecs/json_writer.hpp"
#include "gateway/cli/request_path.hpp"

#include <string>
#include <vector>

namespace batch::cli {

/// Empty texts are not asked for. What they mean is checked by the server.
struct letter_filter_options {
  std::string job;
  std::string type;
  std::string ns;
  std::string code;
  std::string after;
  std::string before;
  /// Not for lists.
  std::vector<std::string> ids;

  bool is_empty() const;
};

/// As parameters of a query, without the ids.
void add_filter(request_path& path, const letter_filter_options& filter);

/// As an object.
void write_filter(json_writer& out, const letter_filter_options& filter);

} // namespace batch::cli
