#include "gateway/cli/request_path.hpp"

namespace batch::cli {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
         || c == '~';
}

} // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  auto is_dots = text == "." || text == "..";
  std::string out;
  for (char c : text) {
    if (is_unreserved(c) && !is_dots) {
      out.push_back(c);
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

request_path& request_path::segment(std::string_view name) {
  text_ += '/' + percent_encode(name);
  return *this;
}

request_path& request_path::parameter(std::string_view name,
                                      std::string_view value) {
  text_ += has_query_ ? '&' : '?';
  text_ += percent_encode(name) + '=' + percent_encode(value);
  has_query_ = true;
  return *this;
}

request_path& request_path::optional(std::string_view name,
                                     std::string_view value) {
  return value.empty() ? *this : parameter(name, value);
}

} // namespace batch::cli
