// What the steps of a transform do. `transform` documents what each verb
// means; here each is a function that does it inside of one object or array.
//
// All of them go down one token of the fields per call, so that
// `transform_tokens_max` bounds their recursion. Values that are neither
// object nor array have nothing inside. On an error the item is half done.
#pragma once

#include "actors/transforms/transform_walk.hpp"

namespace batch {

/// pick. @returns true if at least one of the places is there.
expected<bool> pick_fields(const transform_walk& walk, json_node& node,
                           const transform_field& places);

/// omit.
expected<void> omit_fields(const transform_walk& walk, json_node& node,
                           const transform_field& places);

/// rename.
expected<void> rename_fields(const transform_walk& walk, json_node& node,
                             const transform_field& places);

/// set, and default.
expected<void> put_fields(const transform_walk& walk, json_node& node,
                          const transform_field& places);

/// cast, upper, lower and trim: what makes one value of another.
expected<void> edit_fields(const transform_walk& walk, json_node& node,
                           const transform_field& places);

/// concat, template, arithmetic and coalesce: what makes a value of several.
expected<void> compute_fields(const transform_walk& walk, json_node& item,
                              const transform_field& places);

/// flatten, of fields.
expected<void> flatten_fields(const transform_walk& walk, json_node& node,
                              const transform_field& places);

/// flatten, of the item as a whole.
expected<void> flatten_item(const transform_walk& walk, json_node& item);

} // namespace batch
