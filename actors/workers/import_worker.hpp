// Upserts things under their (ns, id).
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

std::unique_ptr<worker> make_import_worker();

} // namespace batch
