// Makes vectors of the texts of things.
#pragma once

#include "actors/embedders/embedder_set.hpp"
#include "actors/workers/worker.hpp"

namespace batch {

/// @param models those that jobs may name.
std::unique_ptr<worker> make_embed_worker(embedder_set_ptr models);

} // namespace batch
