// From one JSON type to another.
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

enum class cast_type : uint8_t { string, number, integer, boolean };

/// The type of a name: "string", "number", "integer" or "boolean".
std::optional<cast_type> parse_cast_type(std::string_view name);

/// Casts a JSON value.
///
/// | from \ to | string    | number | integer     | boolean            |
/// |-----------|-----------|--------|-------------|--------------------|
/// | string    | as it is  | (1)    | (1), then 2 | (3)                |
/// | number    | its text  | as is  | (2)         | 0 false, 1 true    |
/// | boolean   | its text  | 1 or 0 | 1 or 0      | as it is           |
/// | null      | null      | null   | null        | null               |
///
/// 1. The whole string must be a JSON number (RFC 8259: no white space, no
///    "+", no leading zeros) that the service can hold: within the range of
///    double, and of 64-bit integers if it has neither fraction nor exponent.
///    Its text is kept: "1.10" becomes 1.10.
/// 2. The value must be whole and within -2^63 to 2^64-1. What has a fraction
///    or exponent is written out: 1.0 becomes 1, 12e2 becomes 1200, -0.0
///    becomes 0; what has neither stays as it is.
/// 3. "true" and "false" in any case, "1" and "0".
///
/// Other values cannot be cast.
/// @param value the text of a valid JSON value, without white space around it.
/// @returns JSON text. Errors: `ec::transform_failed` with the reason, e.g.
/// `"abc" is not a number`.
expected<std::string> cast_json(std::string_view value, cast_type type);

} // namespace batch
