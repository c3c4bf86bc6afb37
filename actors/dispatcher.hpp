// The DISPATCHER: leases pieces of work to worker slots.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

#include <map>
#include <set>

namespace batch {

struct dispatcher_state {
  static inline const char* name = "dispatcher";

  struct slot {
    /// Who takes its grants.
    worker_actor worker;
    job_kind type;
    std::string title;
    std::string node;
    size_t credit = 1;
    /// A thread that the DISPATCHER has spawned; else it was enlisted.
    bool is_own = false;
    /// Ends when it is done with what it works on.
    bool is_retired = false;
    /// Losses in a row at its place.
    unsigned losses = 0;
  };

  service_options options;
  store_reader_ptr store;
  dispatch_table table;
  std::map<slot_number, slot> slots;
  /// Slots that were lost and will be replaced, by the number they had.
  std::map<slot_number, slot> resting;
  /// Lost workers whose threads have not come back.
  std::set<caf::actor_addr> hanging;
  /// Items that came back from each node.
  std::map<std::string, uint64_t> items;
  /// Whom to tell of a job, by job number.
  std::map<uint64_t, job_actor> jobs;
  /// Jobs that were told that their first piece went out.
  std::set<uint64_t> begun;
  bool stopping = false;
  std::vector<done_promise> waiting_for_stop;
};

using dispatcher_pointer = dispatcher_actor::stateful_pointer<dispatcher_state>;

/// Spawns the worker slots of the options, replaces those that are lost, and
/// leases to slots of others besides.
/// @param first_lease above every lease of earlier runs of the service.
dispatcher_actor::behavior_type dispatcher(dispatcher_pointer self,
                                           service_options options,
                                           store_reader_ptr store,
                                           lease_number first_lease);

} // namespace batch
