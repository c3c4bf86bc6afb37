#include "gateway/cli/server_url.hpp"

#include "gateway/cli/terminal_text.hpp"

#include <algorithm>
#include <charconv>

namespace batch::cli {

namespace {

tl::unexpected<failure> not_a_url(std::string_view text, std::string_view why) {
  return wrong_usage("'" + one_line(text)
                     + "' is not the URL of a server: " + std::string{why}
                     + "; right would be http://127.0.0.1:8080");
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// White space, control characters and what ends a host or a path.
bool is_foreign(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '?'
         || c == '#';
}

/// Splits "host", "host:port", "[host]", "[host]:port".
/// @returns false if the brackets do not fit.
bool split_host(std::string_view authority, std::string_view& host,
                std::string_view& port) {
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    if (end == authority.npos)
      return false;
    host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    return port.empty() || port.starts_with(':');
  }
  auto colon = authority.find(':');
  host = authority.substr(0, colon);
  port = colon == authority.npos ? "" : authority.substr(colon);
  return true;
}

} // namespace

outcome<server_url> parse_server_url(std::string_view text) {
  server_url out;
  out.text = one_line(text);
  auto rest = text;
  out.is_tls = take_prefix(rest, "https://");
  if (!out.is_tls && !take_prefix(rest, "http://")
      && rest.find("://") != rest.npos)
    return not_a_url(text, "its scheme is neither http nor https");
  if (std::ranges::any_of(rest, is_foreign))
    return not_a_url(text, "it holds white space, '?' or '#'");
  auto slash = rest.find('/');
  auto authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos)
    return not_a_url(text, "a user has no place in it, give a --token");
  std::string_view host;
  std::string_view port;
  if (!split_host(authority, host, port) || host.empty())
    return not_a_url(text, "it names no host");
  out.host = host;
  out.port = out.is_tls ? 443 : 80;
  if (!port.empty()) {
    port.remove_prefix(1);
    auto last = port.data() + port.size();
    auto [end, err] = std::from_chars(port.data(), last, out.port);
    if (err != std::errc{} || end != last || out.port == 0)
      return not_a_url(text, "its port is not a number from 1 to 65535");
  }
  if (slash != rest.npos)
    out.base_path = rest.substr(slash);
  while (out.base_path.ends_with('/'))
    out.base_path.pop_back();
  return out;
}

} // namespace batch::cli
