#include "codecs/utf8.hpp"

#include "codecs/limits.hpp"

#include <utf8proc.h>

namespace batch {

namespace {

/// Bytes of the valid character at the front of a text; 0 if there is none.
size_t valid_character(std::string_view text) {
  utf8proc_int32_t code = -1;
  auto bytes
    = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code);
  return bytes > 0 && code >= 0 ? static_cast<size_t>(bytes) : 0;
}

} // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    auto bytes = valid_character(text);
    if (bytes == 0)
      return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto bytes = valid_character(text);
    if (bytes > 0)
      out.append(text.substr(0, bytes));
    else
      out += "\xEF\xBF\xBD";
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  return out;
}

std::string to_message(std::string_view text) {
  auto message = to_valid_utf8(text);
  if (message.size() <= message_bytes_max)
    return message;
  auto end = message_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80)
    --end;
  message.resize(end);
  return message;
}

} // namespace batch
