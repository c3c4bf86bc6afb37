// Upserts relationships under their (ns, id) and links both ends.
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

std::unique_ptr<worker> make_relate_worker();

} // namespace batch
