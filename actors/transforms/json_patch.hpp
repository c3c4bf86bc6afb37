// JSON Patch (RFC 6902).
#pragma once

#include "actors/transforms/json_path.hpp"
#include "actors/transforms/placed_json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Operations of one patch.
inline constexpr size_t patch_operations_max = 256;

enum class patch_verb : uint8_t { add, remove, replace, move, copy, test };

struct patch_operation {
  patch_verb verb = patch_verb::add;
  json_path path;
  /// move, copy.
  json_path from;
  /// add, replace, test: JSON text.
  std::string value;
};

/// A patch. Immutable; any thread.
class json_patch {
public:
  /// Reads a patch; members that RFC 6902 does not name are ignored.
  /// Errors: `ec::invalid_option` with the position of the fault.
  static expected<json_patch> parse(placed_json value, text_pool& pool);

  /// Does the operations in order.
  /// Errors: `ec::transform_failed`, naming the operation ("2/test: …"); the
  /// value is half done then.
  expected<void> apply(json_node& root, text_pool& pool) const;

private:
  std::vector<patch_operation> operations_;
};

} // namespace batch
