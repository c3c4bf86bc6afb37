// A POOL: what the DISPATCHER knows of one node of the cluster.
#pragma once

#include "actors/cluster/interfaces.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

#include <functional>
#include <map>
#include <optional>

namespace batch {

struct pool_state {
  static inline const char* name = "pool";

  /// A piece that was sent to the node, without the things of its items; or
  /// why it could not be, which is told when its turn in the slot comes.
  struct sent_piece {
    slot_number slot = 0;
    loaded_work work;
    std::optional<error> fault;
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
  /// Called for each sign of life of the node.
  std::function<void()> heard;
};

/// Reads the store, so it needs a thread of its own.
/// @param node only messages are sent to it; who monitors it is the CLUSTER.
/// @param hello what the node has said.
/// @param heard called whenever something comes from the node: while a long
/// outcome is on its way, its beats wait behind it.
pool_actor::behavior_type pool(pool_actor::stateful_pointer<pool_state> self,
                               service_options options, store_reader_ptr store,
                               dispatcher_actor dispatcher, node_actor node,
                               const node_hello& hello,
                               std::function<void()> heard);

} // namespace batch
