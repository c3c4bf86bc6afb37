#include "actors/transforms/unicode_text.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include <utf8proc.h>

namespace batch {

namespace {

/// Maps a text code point by code point.
template <class MapAscii, class MapPoint>
std::string map_text(std::string_view text, MapAscii map_ascii,
                     MapPoint map_point) {
  std::string mapped;
  mapped.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (static_cast<uint8_t>(text[i]) < 0x80) {
      mapped.push_back(map_ascii(text[i++]));
      continue;
    }
    utf8proc_int32_t point = 0;
    auto size = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data() + i),
      static_cast<utf8proc_ssize_t>(text.size() - i), &point);
    if (size <= 0) {
      mapped.push_back(text[i++]);
      continue;
    }
    std::array<utf8proc_uint8_t, 4> bytes;
    auto count = utf8proc_encode_char(map_point(point), bytes.data());
    mapped.append(bytes.begin(), bytes.begin() + count);
    i += static_cast<size_t>(size);
  }
  return mapped;
}

/// UTF-8 of the property White_Space (Unicode's PropList.txt); it has not
/// changed since 2014.
constexpr std::string_view white_space[] = {
  "\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085",
  "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
  "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
  "\u2029", "\u202f", "\u205f", "\u3000",
};

} // namespace

std::string upper_text(std::string_view text) {
  return map_text(
    text,
    [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    },
    utf8proc_toupper);
}

std::string lower_text(std::string_view text) {
  return map_text(
    text,
    [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    },
    utf8proc_tolower);
}

std::string_view trim_text(std::string_view text) {
  for (bool trimmed = true; trimmed;) {
    trimmed = false;
    for (auto space : white_space) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        trimmed = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        trimmed = true;
      }
    }
  }
  return text;
}

bool contains_text(std::string_view text, std::string_view part) {
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

} // namespace batch
