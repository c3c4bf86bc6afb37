// GATE: the store and the SUPERVISOR for the gateway of one joined node.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

#include <map>
#include <set>

namespace batch {

struct gate_options {
  /// The longest that it waits for the SUPERVISOR.
  std::chrono::milliseconds request_timeout = std::chrono::seconds{60};
  stray_handler on_stray;
  search_function search;
  /// The longest that a node waits for a search.
  std::chrono::milliseconds search_timeout = std::chrono::seconds{30};
};

struct gate_state {
  static inline const char* name = "gate";

  ~gate_state();

  gate_options options;
  store_reader_ptr store;
  command_actor supervisor;
  /// None before the first search, or after its end.
  searcher_actor searcher;
  std::map<uint64_t, snapshot_ptr> snapshots;
  /// Uploads that were opened through it and not accepted or abandoned.
  std::set<uint64_t> uploads;
  /// Uploads that the SUPERVISOR was asked to open and has not answered.
  size_t opening = 0;
  /// Nothing is taken any more; ends when nothing is being opened.
  bool ending = false;
};

/// Starts the GATE of a node, with a thread of its own. The owner ends it with
/// any exit reason when the node has left (`kill` loses what is just being
/// opened); it also ends by itself when the node or the SUPERVISOR ends.
/// @param node whom it serves, e.g. the NODE in the other process.
gate_actor spawn_gate(caf::actor_system& system, gate_options options,
                      store_reader_ptr store, command_actor supervisor,
                      const caf::actor& node);

} // namespace batch
