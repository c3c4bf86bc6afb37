// UTF-8 for texts that may not be.
#pragma once

#include <string>
#include <string_view>

namespace batch {

bool is_valid_utf8(std::string_view text);

/// The text with U+FFFD in the place of each byte that is not part of a valid
/// character.
std::string to_valid_utf8(std::string_view text);

/// An error message as it may be kept: valid UTF-8, at most
/// `message_bytes_max` bytes, cut between two characters.
std::string to_message(std::string_view text);

} // namespace batch
