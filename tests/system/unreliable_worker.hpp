// Workers that misbehave where an item asks for it.
#pragma once

#include "actors/workers/worker.hpp"

namespace batch {

/// Makes workers that do what the others do, but for items whose text has a
/// marker:
///
///   crash-test:fail:N      fails, in a way that may pass, in rounds up to N
///   crash-test:throttle:N  is refused for the moment, in rounds up to N
///   crash-test:hang:N      takes longer than the chunk may, in rounds up to N
///   crash-test:exit:N      ends its worker, in rounds up to N
///   crash-test:broken:1    fails for good, unless it is a replayed dead letter
worker_registry make_unreliable(worker_registry registry);

} // namespace batch
