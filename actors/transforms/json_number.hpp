// What the text of a JSON number says, without rounding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// True if the text is a JSON number (RFC 8259) that the service can hold:
/// within the range of double, and, without fraction and exponent, of 64-bit
/// integers (-2^63 to 2^64-1).
bool is_json_number(std::string_view text);

/// The integer that a number is equal to, in decimal digits: "12e2" is
/// "1200", "-0.0" is "0".
/// @param number a text for which `is_json_number` holds.
/// @returns nothing if the number is not whole or beyond 64-bit integers.
std::optional<std::string> whole_number(std::string_view number);

} // namespace batch
