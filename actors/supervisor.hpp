// The SUPERVISOR: admits jobs and keeps their actors running.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "actors/recovery.hpp"
#include "storage/store.hpp"

#include <map>
#include <set>

namespace batch {

struct supervisor_state {
  static inline const char* name = "supervisor";

  struct upload {
    job_context_ptr context;
    upload_kind kind = upload_kind::items;
  };

  struct running_job {
    job_actor actor;
    unsigned restarts = 0;
  };

  service_options options;
  store_reader_ptr store;
  committer_actor committer;
  dispatcher_actor dispatcher;
  /// Jobs whose items are coming in, by number.
  std::map<uint64_t, upload> uploads;
  std::map<uint64_t, running_job> jobs;
  /// The same the other way round.
  std::map<caf::actor_addr, uint64_t> job_numbers;
  /// Jobs that wait for the end of another one, by the number of that.
  std::multimap<uint64_t, uint64_t> waiting;
  /// Jobs whose acceptance is being written, and their idempotency keys.
  std::set<uint64_t> accepting;
  std::set<std::string> keys_in_use;
  /// An upload that changes dead letters is open, or what it has left is being
  /// removed.
  bool letters_are_changing = false;
  /// Units of tickets that are being written, of abandoned ones as well.
  size_t ticket_writes = 0;
  uint64_t next_job = 1;
  /// Types of their own that workers were enlisted for in this run, and how
  /// many slots.
  std::map<std::string, uint64_t> own_types;
  bool stopping = false;
};

using supervisor_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

supervisor_actor::behavior_type
supervisor(supervisor_pointer self, service_options options,
           store_reader_ptr store, recovered_state found,
           committer_actor committer, dispatcher_actor dispatcher);

} // namespace batch
