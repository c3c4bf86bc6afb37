// Transforms values, and upserts them where `into` names a namespace.
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

/// @param known the functions that a transform may name.
std::unique_ptr<worker>
make_transform_worker(std::shared_ptr<const transform_functions> known);

} // namespace batch
