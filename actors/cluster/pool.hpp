// A POOL: what the DISPATCHER knows of one node of the cluster.
#pragma once

#include "actors/cluster/interfaces.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

namespace batch {

struct pool_state {
  static inline const char* name = "pool";

  /// A piece that was sent to the node, without the things of its items.
  struct sent_piece {
    slot_number slot = 0;
    loaded_work work;
  };

  // Not first: CAF would take a handle for what it may make the state of.
  store_reader_ptr store;
  dispatcher_actor dispatcher;
  node_actor node;
  std::string node_name;
  std::vector<slot_offer> offers;
  /// The present numbers of the node's slots.
  std::vector<slot_number> slots;
  std::map<lease_number, sent_piece> sent;
  /// Grants that came before the node knew its slots.
  std::vector<grant_ptr> early;
  bool is_ready = false;
  frame_assembler outcomes;
};

/// Reads the store, so it needs a thread of its own.
/// @param node only messages are sent to it; who monitors it is the CLUSTER.
/// @param hello what the node has said.
pool_actor::behavior_type pool(pool_actor::stateful_pointer<pool_state> self,
                               service_options options, store_reader_ptr store,
                               dispatcher_actor dispatcher, node_actor node,
                               const node_hello& hello);

} // namespace batch
