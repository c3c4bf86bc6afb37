// What a filter asks of an item.
#pragma once

#include "actors/transforms/json_path.hpp"
#include "actors/transforms/placed_json.hpp"
#include "codecs/json_reader.hpp"

#include <string>
#include <vector>

namespace batch {

enum class test_kind : uint8_t {
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  in,
  exists,
  type,
  contains,
  prefix,
  suffix,
};

/// One test of one field.
struct field_test {
  test_kind kind = test_kind::eq;
  /// JSON texts to compare with; in: several; contains, prefix, suffix: the
  /// content of a string.
  std::vector<std::string> values;
  /// exists: whether it has to.
  bool is_wanted = true;
  /// type: the kind.
  json_kind type = json_kind::null;
};

/// All tests of one field.
struct field_condition {
  json_path path;
  std::vector<field_test> tests;
};

/// A condition: one of its alternatives must hold, in each of which all tests
/// of all fields must hold. Immutable; any thread.
struct condition {
  std::vector<std::vector<field_condition>> alternatives;

  bool holds(json_node& item, text_pool& pool) const;
};

/// Reads a condition: an object of tests by field, or an array of those.
/// Errors: `ec::invalid_option` with the position of the fault.
expected<condition> parse_condition(placed_json value, text_pool& pool);

} // namespace batch
