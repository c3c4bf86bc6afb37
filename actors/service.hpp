// The actors of the service as a whole, on an open store. Programs start it by
// <batch/service.hpp>, which opens the store and adds the RPC.
#pragma once

#include "actors/cluster/interfaces.hpp"
#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

#include <batch/service.hpp>

#include <chrono>

namespace batch {

class vector_cache;

/// The actors of a running service. Keep it no longer than the actor system.
struct service {
  supervisor_actor supervisor;
  dispatcher_actor dispatcher;
  committer_actor committer;
  dead_letters_actor dead_letters;
  cluster_actor cluster;
  /// Searches its store, and what it does so with. Both hold it.
  search_function search;
  std::shared_ptr<vector_cache> vectors;
  /// None in a service with a virtual clock.
  retention_actor retention;
};

/// Takes over the store, goes on with the jobs that are open in it, and
/// answers when new ones are welcome. Assumes nothing of who owns the system.
/// Errors: those of the store.
expected<service> spawn_service(caf::actor_system& system,
                                service_options options, store_ptr in);

/// Stops admitting, waits for what is being worked on, syncs, and ends the
/// actors. What is left goes on at the next start.
void stop_service(caf::actor_system& system, service& which,
                  std::chrono::milliseconds limit);

} // namespace batch
