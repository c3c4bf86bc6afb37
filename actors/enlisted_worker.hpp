// The ENLISTED WORKER: stands at the DISPATCHER for a worker of somebody else
// and a job type of its own. It takes the grants of that worker's slots, reads
// their items from the store, asks, and makes outcomes of the answers.
#pragma once

#include "actors/interfaces.hpp"
#include "storage/store.hpp"
#include <batch/foreign_worker.hpp>

#include <map>

namespace batch {

struct enlisted_worker_state {
  static inline const char* name = "enlisted worker";

  store_reader_ptr store;
  dispatcher_actor dispatcher;
  foreign_worker_actor worker;
  /// The worker's node, as attempts name it.
  std::string node;
  /// The slots and their titles, e.g. "resize-images-2".
  std::map<slot_number, std::string> titles;
};

/// Enlists slots for a worker at the DISPATCHER. Ends with either of them.
/// Blocks while it reads.
/// @param offers the slots, one at least, each with a credit of 1: a worker is
/// asked for what it can begin at once, so nothing waits here.
worker_actor::behavior_type
enlisted_worker(worker_actor::stateful_pointer<enlisted_worker_state> self,
                dispatcher_actor dispatcher, store_reader_ptr store,
                foreign_worker_actor worker, std::vector<slot_offer> offers);

} // namespace batch
