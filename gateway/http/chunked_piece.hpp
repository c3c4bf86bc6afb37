// A piece of a chunked body (RFC 9112, section 7.1), framed where it stands.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace batch {

/// Room for one piece and what frames it, so that a piece of any length is
/// written as it was made: the library would copy it twice for its frame.
/// Thread-safety: none.
class chunked_piece {
public:
  /// To append the bytes of a new piece to. What stands there already is the
  /// room for the frame's head.
  std::string& begin() {
    text_.assign(head_bytes_max, '0');
    return text_;
  }

  /// Frames the piece. @returns what is to be sent, valid until `begin`:
  /// nothing for an empty piece, unless it is the last one.
  std::string_view end(bool is_last) {
    auto size = text_.size() - head_bytes_max;
    if (size == 0)
      return is_last ? last_chunk : std::string_view{};
    char digits[head_bytes_max];
    auto count = static_cast<size_t>(
      std::to_chars(digits, digits + sizeof digits, size, 16).ptr - digits);
    auto at = head_bytes_max - 2 - count;
    std::memcpy(text_.data() + at, digits, count);
    std::memcpy(text_.data() + at + count, "\r\n", 2);
    text_ += "\r\n";
    if (is_last)
      text_ += last_chunk;
    return std::string_view{text_}.substr(at);
  }

private:
  static constexpr std::string_view last_chunk = "0\r\n\r\n";
  /// Sixteen digits for 64 bits, and the end of the line.
  static constexpr size_t head_bytes_max = 18;

  std::string text_;
};

} // namespace batch
