// Case and white space by Unicode.
#pragma once

#include <string>
#include <string_view>

namespace batch {

/// Maps each code point to upper or lower case by Unicode's simple mapping
/// with the tables of utf8proc: one code point stays one, whatever the
/// language. "ß" becomes "ẞ" and "İ" becomes "i"; "ŉ", for which there is only
/// a mapping to two, stays. A text may grow or shrink by half, as some letters
/// have two bytes and their counterparts three.
/// @param text UTF-8; bytes that are not stay as they are. Any thread.
std::string upper_text(std::string_view text);
std::string lower_text(std::string_view text);

/// The text without characters of the Unicode property White_Space at its
/// ends: among them the no-break spaces and the ideographic space, and not the
/// zero-width space and the byte order mark.
std::string_view trim_text(std::string_view text);

/// Whether a text has another one in it, in time linear in both, whatever
/// they are.
bool contains_text(std::string_view text, std::string_view part);

} // namespace batch
