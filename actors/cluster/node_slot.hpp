// A slot of a worker node: one thread that turns work from afar into outcomes.
#pragma once

#include "actors/cluster/interfaces.hpp"
#include "actors/workers/worker.hpp"

namespace batch {

struct node_slot_state {
  static inline const char* name = "node slot";
  std::unique_ptr<batch::worker> work;
  /// The job of the last piece.
  job_context_ptr job;
};

/// @param place of the slot in its node; comes back with what it has made.
/// @param title e.g. "embed-2", kept with every attempt, as is the node.
node_slot_actor::behavior_type
node_slot(node_slot_actor::stateful_pointer<node_slot_state> self,
          node_actor node, uint32_t place, worker_factory factory,
          std::string title, std::string node_name);

} // namespace batch
