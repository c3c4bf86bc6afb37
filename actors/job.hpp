// The JOB: one batch from its first chunk to its end.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/job_machine.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

namespace batch {

/// What a JOB is started with: a new job has no marks.
struct open_job {
  job_context_ptr context;
  job_progress progress;
  std::vector<restored_chunk> marked;
};

struct job_actor_state {
  static inline const char* name = "job";

  std::unique_ptr<job_machine> machine;
  size_t window = 0;
  std::function<time_ms()> clock;
  store_reader_ptr store;
  committer_actor committer;
  dispatcher_actor dispatcher;
  /// Units that are being written.
  size_t writing = 0;
  /// Counts timers; older ones are ignored.
  uint64_t timer = 0;
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
