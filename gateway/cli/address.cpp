#include "gateway/cli/address.hpp"

#include <charconv>

namespace batch {

expected<address> parse_address(std::string_view text) {
  auto bad = [&](const char* what) {
    return fail(ec::invalid_request, "'" + std::string{text} + "' " + what
                                       + "; expected HOST:PORT, e.g. "
                                         "127.0.0.1:8080");
  };
  auto colon = text.rfind(':');
  if (colon == text.npos)
    return bad("has no port");
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  address out;
  auto last = digits.data() + digits.size();
  auto [end, err] = std::from_chars(digits.data(), last, out.port);
  if (digits.empty() || err != std::errc{} || end != last || out.port < 0
      || out.port > 65535)
    return bad("has no port from 0 to 65535");
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != host.npos)
    return bad("has an IPv6 address without brackets");
  if (host.empty())
    return bad("has no host");
  out.host = host;
  return out;
}

bool is_loopback(std::string_view host) {
  // A name such as 127.example.org is no address of this machine.
  return host == "localhost" || host == "::1"
         || (host.starts_with("127.")
             && host.find_first_not_of("0123456789.") == host.npos);
}

} // namespace batch
