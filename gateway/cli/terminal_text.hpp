// Texts of others on our terminal: what a server sends must not steer it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace batch::cli {

/// The text on one line: control characters (C0, DEL, C1) and those that turn
/// the direction of writing are left out, white space becomes a blank, bytes
/// that are not UTF-8 become U+FFFD.
std::string one_line(std::string_view text);

/// Columns of a text that `one_line` has made: one for each code point.
size_t columns_of(std::string_view text);

/// Leaves the control characters out of a stream of bytes that comes in
/// pieces, but for tabs and line feeds. Bytes that are not UTF-8 stay.
class terminal_filter {
public:
  /// Appends what may be shown of the next piece.
  void feed(std::string_view piece, std::string& out);

private:
  /// The last byte was 0xC2, which begins the C1 control characters.
  bool after_c2_ = false;
};

} // namespace batch::cli
