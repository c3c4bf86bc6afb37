#include "gateway/cli/terminal_text.hpp"

#include "codecs/utf8.hpp"

#include <algorithm>

namespace batch::cli {

namespace {

constexpr bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7F;
}

/// Bytes at the front of a valid text that are one C1 control character or
/// one that turns the direction: U+200E, U+200F, U+202A–U+202E, U+2066–U+2069.
size_t steering_bytes(std::string_view text) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() >= 2 && at(0) == 0xC2 && at(1) < 0xA0)
    return 2;
  if (text.size() < 3 || at(0) != 0xE2)
    return 0;
  auto is_turn
    = at(1) == 0x80
      && (at(2) == 0x8E || at(2) == 0x8F || (at(2) >= 0xAA && at(2) <= 0xAE));
  auto is_isolate = at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9;
  return is_turn || is_isolate ? 3 : 0;
}

} // namespace

std::string one_line(std::string_view text) {
  auto valid = to_valid_utf8(text);
  std::string_view rest = valid;
  std::string out;
  while (!rest.empty()) {
    auto c = static_cast<unsigned char>(rest[0]);
    auto skipped = steering_bytes(rest);
    if (c == '\n' || c == '\r' || c == '\t')
      out.push_back(' ');
    else if (skipped == 0 && !is_control(c))
      out.push_back(rest[0]);
    rest.remove_prefix(std::max<size_t>(skipped, 1));
  }
  return out;
}

size_t columns_of(std::string_view text) {
  auto begins_code_point
    = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<size_t>(std::ranges::count_if(text, begins_code_point));
}

void terminal_filter::feed(std::string_view piece, std::string& out) {
  for (char x : piece) {
    auto c = static_cast<unsigned char>(x);
    if (after_c2_) {
      after_c2_ = false;
      if (c >= 0x80 && c < 0xA0)
        continue;
      out.push_back('\xC2');
    }
    if (c == 0xC2)
      after_c2_ = true;
    else if (!is_control(c) || c == '\n' || c == '\t')
      out.push_back(x);
  }
}

} // namespace batch::cli
