// A WORKER slot: one thread of a pool.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/workers/worker.hpp"
#include "storage/store.hpp"

namespace batch {

struct worker_state {
  static inline const char* name = "worker";
  std::unique_ptr<batch::worker> work;
};

/// @param title e.g. "embed-2", kept with every attempt, as is the node.
worker_actor::behavior_type
worker_slot(worker_actor::stateful_pointer<worker_state> self,
            dispatcher_actor dispatcher, slot_number slot,
            worker_factory factory, store_reader_ptr store, std::string title,
            std::string node);

} // namespace batch
