// Where and why a text is not JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

struct json_fault {
  /// Bytes from the begin of the text.
  size_t offset;
  /// E.g. "expected ',' or '}'".
  std::string what;
};

/// Checks that a text is exactly one JSON value as RFC 8259 has it: numbers of
/// any size, nesting of any depth, valid UTF-8, no lone surrogates.
///
/// Slower than simdjson by far and meant for texts it has refused: simdjson
/// does not say where a fault is, and also refuses numbers it cannot hold.
/// @returns nothing if the text is valid.
std::optional<json_fault> find_json_fault(std::string_view text);

} // namespace batch
