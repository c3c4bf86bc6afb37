#include "gateway/http/uri.hpp"

#include "codecs/utf8.hpp"

#include <algorithm>

namespace batch {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
    return (c | 0x20) - 'a' + 10;
  return -1;
}

tl::unexpected<error> bad(std::string_view part, std::string_view what) {
  return fail(ec::invalid_request, std::string{"the URL has "}
                                     + std::string{what} + " in '"
                                     + to_valid_utf8(part.substr(0, 64)) + "'");
}

expected<std::string> decode(std::string_view part, bool plus_is_space) {
  std::string out;
  out.reserve(part.size());
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (part[i] == '%') {
      auto is_whole = i + 2 < part.size();
      auto high = is_whole ? hex_value(part[i + 1]) : -1;
      auto low = is_whole ? hex_value(part[i + 2]) : -1;
      if (high < 0 || low < 0)
        return bad(part, "a broken percent-encoding");
      out.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    } else
      out.push_back(part[i]);
  }
  if (!is_valid_utf8(out))
    return bad(part, "bytes that are not UTF-8");
  auto is_control
    = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::ranges::any_of(out, is_control))
    return bad(part, "a control character");
  return out;
}

/// Cuts the text up to the separator off the front of `rest`.
std::string_view cut(std::string_view& rest, char separator) {
  auto end = rest.find(separator);
  auto head = rest.substr(0, end);
  rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  return head;
}

} // namespace

expected<uri> parse_uri(std::string_view target) {
  uri out;
  target = target.substr(0, target.find('#'));
  auto path = cut(target, '?');
  auto query = target;
  if (path.starts_with('/'))
    path.remove_prefix(1);
  while (!path.empty()) {
    auto segment = decode(cut(path, '/'), false);
    if (!segment)
      return fail(segment);
    out.segments.push_back(std::move(*segment));
  }
  while (!query.empty()) {
    auto value = cut(query, '&');
    if (value.empty())
      continue;
    auto name = decode(cut(value, '='), true);
    if (!name)
      return fail(name);
    auto decoded = decode(value, true);
    if (!decoded)
      return fail(decoded);
    out.query.emplace_back(std::move(*name), std::move(*decoded));
  }
  return out;
}

} // namespace batch
