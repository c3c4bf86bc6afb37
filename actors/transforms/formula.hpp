// What a step that makes values computes for one field.
#pragma once

#include "actors/transforms/placed_json.hpp"
#include "codecs/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace batch {

/// Parts of one formula: operands, pieces of a template, operations.
inline constexpr size_t formula_parts_max = 256;

/// A formula: looks at the item and answers a value. Immutable; any thread.
class formula {
public:
  virtual ~formula() = default;

  /// The value, as JSON text that lives as long as the formula, the item and
  /// the pool; empty if there is none to put.
  /// Errors: `ec::transform_failed` with the reason.
  virtual expected<std::string_view> value(json_node& item,
                                           text_pool& pool) const = 0;
};
using formula_ptr = std::shared_ptr<const formula>;

/// concat: an array of operands, each a field or {"value": any scalar}.
expected<formula_ptr> parse_concat(placed_json value, text_pool& pool);
/// coalesce: an array of operands, each a field or {"value": any}.
expected<formula_ptr> parse_coalesce(placed_json value, text_pool& pool);
/// template: a string with {field} in it.
expected<formula_ptr> parse_template(placed_json value, text_pool& pool);
/// arithmetic: a string with an expression.
expected<formula_ptr> parse_arithmetic(placed_json value, text_pool& pool);

} // namespace batch
