// JSON Merge Patch (RFC 7396).
#pragma once

#include "actors/transforms/json_node.hpp"
#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// Applies a patch. Members that the patch does not name keep their bytes. Of
/// members with the same key the last one counts; those before it go if it is
/// patched.
/// @param patch valid JSON, at most `json_depth_max` levels deep.
/// Errors: `ec::invalid_json` if the target is not JSON; `ec::invalid_item` if
/// the pool for texts is exhausted.
expected<std::string> merge_patch(std::string_view target,
                                  std::string_view patch);

/// The same on a value that is taken apart. Answers nothing: the caller looks
/// whether the pool is exhausted.
void merge_into(json_node& target, json_node& patch, text_pool& pool);

} // namespace batch
