// Reading the steps of a transform from JSON.
#pragma once

#include "actors/transforms/transform_step.hpp"
#include "codecs/error.hpp"

#include <string_view>
#include <vector>

namespace batch {

/// Reads the steps of a transform, in order; none for the identity. The
/// grammar and the errors are those of `transform::parse`.
expected<std::vector<transform_step>>
parse_transform_steps(std::string_view json);

} // namespace batch
