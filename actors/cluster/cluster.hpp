// CLUSTER: the list of nodes that work for a coordinator.
#pragma once

#include "actors/cluster/interfaces.hpp"
#include "actors/cluster/load_history.hpp"
#include "actors/cluster/node_table.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

namespace batch {

struct cluster_state {
  static inline const char* name = "cluster";

  /// The actors of a member.
  struct link {
    caf::actor node;
    pool_actor pool;
    /// Only of nodes that asked for one.
    gate_actor gate;
  };

  service_options options;
  store_reader_ptr store;
  dispatcher_actor dispatcher;
  command_actor supervisor;
  search_function search;
  node_table nodes;
  load_history loads;
  std::map<node_table::session_number, link> links;
  time_ms started_at = 0;
};

/// Takes nodes in until it ends; its end is theirs.
/// @param options those of the service; the slots of the coordinator among
/// them.
/// @param search what the gateways of nodes search by.
cluster_actor::behavior_type
cluster(cluster_actor::stateful_pointer<cluster_state> self,
        service_options options, store_reader_ptr store,
        dispatcher_actor dispatcher, command_actor supervisor,
        search_function search);

} // namespace batch
