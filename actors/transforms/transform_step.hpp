// One step of a transform, compiled: what it does, and the fields it names as
// a tree, so that one pass over an item serves them all.
#pragma once

#include "actors/transforms/cast_json.hpp"
#include "actors/transforms/condition.hpp"
#include "actors/transforms/formula.hpp"
#include "actors/transforms/json_patch.hpp"
#include "actors/transforms/json_path.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

enum class transform_verb : uint8_t {
  pick,
  omit,
  rename,
  set,
  set_default,
  cast,
  upper,
  lower,
  trim,
  concat,
  make_template,
  arithmetic,
  coalesce,
  filter,
  flatten,
  patch,
  merge,
};

/// What a step does to one field; which member counts depends on the verb.
struct transform_argument {
  /// The field as it was written, for messages.
  std::string field;
  /// rename: the new key.
  std::string key;
  /// rename: the new key as JSON text. set, default: the value as JSON text.
  /// flatten: the separator.
  std::string text;
  /// cast: the type.
  cast_type type = cast_type::string;
  /// concat, template, arithmetic, coalesce: what is put, and where.
  formula_ptr computed;
  json_path path;
};

/// A place in an item: a token of JSON Pointers, and what is named below it.
/// The root stands for the item itself.
class transform_field {
public:
  transform_field() = default;
  explicit transform_field(std::string key);

  /// The token: a key, or an index in decimal digits.
  const std::string& key() const { return key_; }
  /// The token as JSON text, with quotes.
  const std::string& name() const { return name_; }
  /// The token as index of an array; nothing if it is none.
  std::optional<size_t> index() const { return index_; }

  /// The places below, in the order written; none if a step means this one.
  const std::vector<transform_field>& children() const { return children_; }
  bool is_leaf() const { return children_.empty(); }

  /// The position in `children()` of a key; `none` if no child has it.
  size_t find(std::string_view key) const;
  static constexpr size_t none = SIZE_MAX;

  /// The place below with this key, made if need be.
  transform_field& child(std::string_view key);

  transform_argument argument; ///< Of a leaf.

private:
  std::string key_;
  std::string name_;
  std::optional<size_t> index_;
  std::vector<transform_field> children_;
  /// Positions of the children in the order of their keys.
  std::vector<uint16_t> by_key_;
};

struct transform_step {
  transform_verb verb = transform_verb::pick;
  /// The root of the fields; none for filter, patch and merge, and if the
  /// item as a whole is flattened.
  transform_field fields;
  /// flatten, of the item as a whole: the separator.
  std::string separator;
  /// filter.
  condition keeps;
  /// patch.
  json_patch patch;
  /// merge: the patch as JSON text.
  std::string merge_patch;
  /// The JSON Pointer of the step, for messages.
  std::string position;
};

} // namespace batch
