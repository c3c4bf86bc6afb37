// Comparing JSON values by what they mean.
#pragma once

#include "actors/transforms/json_node.hpp"

#include <compare>
#include <optional>
#include <string_view>

namespace batch {

/// The order of two numbers, by value: whole ones within 64 bits exactly, as
/// 1e2 and 100, others as double.
/// @param a,b texts of numbers that have passed `json_reader::check`.
std::strong_ordering compare_json_numbers(std::string_view a,
                                          std::string_view b);

/// The order of two numbers, or of two strings by code points; nothing if the
/// values are of other or different kinds.
std::optional<std::strong_ordering> compare_json(std::string_view a,
                                                 std::string_view b);

/// Whether two values are equal as RFC 6902 has it: numbers by value, strings
/// by content, arrays element by element, objects whatever the order of their
/// members; of a doubled key the last one counts.
/// @param pool counts what it costs; once it is exhausted nothing is equal.
bool equal_json(std::string_view a, std::string_view b, text_pool& pool);

} // namespace batch
