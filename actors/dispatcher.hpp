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
    worker_actor worker;
    job_type type;
    std::string title;
  };

  service_options options;
  store_reader_ptr store;
  dispatch_table table;
  std::map<slot_number, slot> slots;
  /// Losses in a row of the worker of a title.
  std::map<std::string, unsigned> losses;
  /// Lost workers whose threads have not come back.
  std::set<caf::actor_addr> hanging;
  /// Whom to tell of a job, by job number.
  std::map<uint64_t, job_actor> jobs;
  /// Jobs that were told that their first piece went out.
  std::set<uint64_t> begun;
  bool stopping = false;
  std::vector<done_promise> waiting_for_stop;
};

/// Spawns the worker slots of the options and replaces those that are lost.
/// @param first_lease above every lease of earlier runs of the service.
dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           service_options options, store_reader_ptr store,
           lease_number first_lease);

} // namespace batch
