// HOST:PORT as users write it.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

struct address {
  std::string host;
  int port = 0;
};

/// Reads "127.0.0.1:8080", "localhost:0" or "[::1]:8080".
/// Errors: `ec::invalid_request` saying what is wrong.
expected<address> parse_address(std::string_view text);

/// Whether only this machine can reach the host.
bool is_loopback(std::string_view host);

} // namespace batch
