// The JOB: one batch from its first chunk to its end.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/job_machine.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

namespace batch {

struct job_actor_state {
  static inline const char* name = "job";

  std::unique_ptr<job_machine> machine;
  service_options options;
  store_reader_ptr store;
  committer_actor committer;
  dispatcher_actor dispatcher;
  /// Units that are being written.
  size_t writing = 0;
  /// Counts timers; older ones are ignored.
  uint64_t timer = 0;
  /// When the last one will come, in ticks; past if none is set.
  time_ms timer_due = 0;
  /// Outcomes are in, nothing more is given out.
  bool stopping = false;
  std::vector<done_promise> waiting_for_stop;
};

job_actor::behavior_type job(job_actor::stateful_pointer<job_actor_state> self,
                             open_job start, service_options options,
                             store_reader_ptr store, committer_actor committer,
                             dispatcher_actor dispatcher);

} // namespace batch
