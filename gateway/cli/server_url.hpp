// Where the server is.
#pragma once

#include "gateway/cli/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace batch::cli {

/// The URL of a server, taken apart: `[http[s]://]HOST[:PORT][/PATH]`, e.g.
/// "http://127.0.0.1:8080", "batch.example", "https://[::1]:8443/batch".
struct server_url {
  /// As it was given, for messages.
  std::string text;
  bool is_tls = false;
  /// Without the brackets of an IPv6 address.
  std::string host;
  uint16_t port = 80;
  /// Stands before the path of each request; empty or begins with '/', never
  /// ends with it.
  std::string base_path;
};

/// Fails with `exit_status::wrong_usage`.
outcome<server_url> parse_server_url(std::string_view text);

} // namespace batch::cli
