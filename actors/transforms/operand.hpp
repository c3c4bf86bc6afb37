// Operands of formulas: a field of the item, or a value written there.
#pragma once

#include "actors/transforms/json_path.hpp"
#include "actors/transforms/placed_json.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace batch {

/// A field, or the JSON text of a value.
class operand {
public:
  explicit operand(json_path field) : is_(std::move(field)) {}
  explicit operand(std::string json) : is_(std::move(json)) {}

  /// The JSON text; empty if the field is absent or null.
  std::string_view value(json_node& item, text_pool& pool) const;

  /// Appends the content of its value if that is a string, or the text of a
  /// number or boolean, as content of a JSON string; nothing if there is none.
  /// Escapes stay as they are.
  /// Errors: `ec::transform_failed`; objects and arrays have no such content.
  expected<void> append_content(std::string& out, json_node& item,
                                text_pool& pool) const;

private:
  std::variant<json_path, std::string> is_;
};

/// Reads operands from an array.
/// @param only_scalars refuses objects and arrays as values.
expected<std::vector<operand>>
parse_operands(placed_json value, bool only_scalars, text_pool& pool);

/// The current JSON text of a node, also of one whose children were changed.
std::string_view current_text(const json_node& node, text_pool& pool);

} // namespace batch
