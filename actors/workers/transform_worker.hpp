// Transforms values, and upserts them where `into` names a namespace.
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

std::unique_ptr<worker> make_transform_worker();

} // namespace batch
