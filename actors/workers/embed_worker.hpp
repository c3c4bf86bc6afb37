// Makes vectors of the texts of things.
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

std::unique_ptr<worker> make_embed_worker(embedder_ptr embedder);

} // namespace batch
