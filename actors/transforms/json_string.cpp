#include "actors/transforms/json_string.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include <utf8proc.h>

namespace batch {

namespace {

void append_utf8(std::string& out, uint32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes;
  auto count
    = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes.data());
  out.append(bytes.begin(), bytes.begin() + count);
}

/// Takes four hexadecimal digits from the front.
std::optional<uint32_t> take_hex(std::string_view& rest) {
  constexpr size_t digits = 4;
  uint32_t value = 0;
  if (rest.size() < digits)
    return std::nullopt;
  auto end = rest.data() + digits;
  auto [at, fault] = std::from_chars(rest.data(), end, value, 16);
  if (fault != std::errc{} || at != end)
    return std::nullopt;
  rest.remove_prefix(digits);
  return value;
}

/// Takes what follows "\u" from the front: a code point in one escape, or in
/// two that form a surrogate pair.
uint32_t take_code_point(std::string_view& rest) {
  constexpr uint32_t replacement = 0xFFFD;
  auto high = take_hex(rest);
  if (!high || (*high >= 0xDC00 && *high <= 0xDFFF))
    return replacement;
  if (*high < 0xD800 || *high > 0xDFFF)
    return *high;
  if (!rest.starts_with("\\u"))
    return replacement;
  rest.remove_prefix(2);
  auto low = take_hex(rest);
  if (!low || *low < 0xDC00 || *low > 0xDFFF)
    return replacement;
  return 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
}

} // namespace

std::string unescape_json(std::string_view text) {
  std::string content;
  content.reserve(text.size());
  while (true) {
    auto plain = text.find('\\');
    content.append(text, 0, plain);
    if (plain == std::string_view::npos || plain + 1 == text.size())
      return content;
    auto letter = text[plain + 1];
    text.remove_prefix(plain + 2);
    switch (letter) {
    case 'b':
      content += '\b';
      break;
    case 'f':
      content += '\f';
      break;
    case 'n':
      content += '\n';
      break;
    case 'r':
      content += '\r';
      break;
    case 't':
      content += '\t';
      break;
    case 'u':
      append_utf8(content, take_code_point(text));
      break;
    default: // a quote, a slash or a backslash
      content += letter;
    }
  }
}

std::string clip_text(std::string_view text) {
  constexpr size_t bytes_max = 60;
  if (text.size() <= bytes_max)
    return std::string{text};
  auto size = bytes_max;
  // Bytes within a code point are 10xxxxxx.
  while (size > 0 && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80)
    --size;
  return std::string{text.substr(0, size)} + "…";
}

} // namespace batch
