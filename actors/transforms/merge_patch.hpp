// JSON Merge Patch (RFC 7396).
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// Applies a patch. Members that the patch does not name keep their bytes.
/// @param patch valid JSON, at most `json_depth_max` levels deep.
/// Errors: `ec::invalid_json` if the target is not JSON.
expected<std::string> merge_patch(std::string_view target,
                                  std::string_view patch);

} // namespace batch
