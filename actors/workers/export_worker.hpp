// Answers things as results; changes nothing.
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

std::unique_ptr<worker> make_export_worker();

} // namespace batch
