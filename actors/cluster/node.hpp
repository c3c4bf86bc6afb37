// NODE: the connection of a worker node to its coordinator, and the slots that
// work for it.
#pragma once

#include "actors/cluster/dial.hpp"
#include "actors/cluster/interfaces.hpp"
#include "actors/cluster/node_slots.hpp"
#include "actors/workers/worker.hpp"

#include <functional>
#include <random>

namespace batch {

struct node_options {
  peer_address coordinator;
  /// Unique among the living nodes of a cluster: letters, digits, dots, hyphens
  /// and underscores.
  std::string name;
  /// Of the program, for people.
  std::string version;
  slot_counts slots;
  /// The models that jobs may name: those of the coordinator. Null: the
  /// built-in ones.
  embedder_set_ptr embedders;
  /// The workers; empty: the built-in ones.
  worker_registry workers;
  /// Pauses between attempts to reach the coordinator: the first one, doubled
  /// up to the last one, each with jitter.
  std::chrono::milliseconds dial_pause{100};
  std::chrono::milliseconds dial_pause_max{2000};
  /// The longest that leaving waits for what is being worked on.
  std::chrono::milliseconds leave_timeout = std::chrono::seconds{8};
  /// Called from the node's thread; must not block. Joined, with what may call
  /// the coordinator (CLUSTER); lost or refused, with the reason; `is_final` if
  /// trying again is of no use.
  std::function<void(const cluster_actor& cluster)> on_joined;
  std::function<void(const std::string& why)> on_lost;
  /// Set for a node with a gateway: what that talks to, after each joining.
  std::function<void(const gate_actor& gate)> on_gate;
  std::function<void(const std::string& why, bool is_final)> on_refused;
};

struct node_actor_state {
  static inline const char* name = "node";

  /// Where a slot of the node stands among those of its type.
  struct seat {
    job_type type;
    std::string title;
    node_slot_actor worker;
  };

  node_options options;
  std::string incarnation;
  std::vector<seat> seats;
  node_slots slots;
  frame_assembler works;
  /// 0 while it is no member.
  uint64_t session = 0;
  cluster_actor cluster;
  pool_actor pool;
  caf::actor_addr cluster_address;
  std::chrono::steady_clock::time_point heard_at;
  std::chrono::milliseconds pause{0};
  std::string last_fault;
  std::mt19937_64 random;
  bool is_leaving = false;
  bool has_left = false;
  std::chrono::steady_clock::time_point leave_by;
  std::vector<done_promise> waiting_for_stop;
};

/// Dials until it has joined, works until it is told to stop, and joins anew
/// whenever the connection or the coordinator was lost. Never gives up by
/// itself.
node_actor::behavior_type
node(node_actor::stateful_pointer<node_actor_state> self, node_options options);

} // namespace batch
