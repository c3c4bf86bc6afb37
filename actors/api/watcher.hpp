// WATCHER: tells listeners what becomes of jobs. Reads the store, so it has a
// thread.
#pragma once

#include "actors/api/context.hpp"

#include <map>
#include <string>
#include <vector>

namespace batch::api {

using watcher_actor = caf::typed_actor<
  // As `service_actor`.
  caf::replies_to<atom::subscribe_atom, std::string,
                  job_listener_actor>::with<void>,
  // INTERNAL: Time to look at the jobs.
  caf::reacts_to<atom::tick_atom>>;

struct watcher_state {
  static inline const char* name = "watcher";

  struct subscription {
    job_listener_actor listener;
    /// The version that the last event told; 0: none yet.
    uint64_t told = 0;
    /// An event was not answered yet.
    bool is_busy = false;
  };

  struct watched_job {
    std::vector<subscription> subscriptions;
    job_info info;
    /// What was seen last, to be compared; and how often that was new.
    std::string seen;
    uint64_t version = 0;
    /// Nothing new will be seen.
    bool is_over = false;
  };

  api_context_ptr context;
  /// By number.
  std::map<uint64_t, watched_job> jobs;
  /// Subscriptions of each listener, and of all.
  std::map<caf::actor_addr, size_t> listeners;
  size_t subscriptions = 0;
  bool is_ticking = false;
};

/// To be spawned detached.
watcher_actor::behavior_type
watcher(watcher_actor::stateful_pointer<watcher_state> self,
        api_context_ptr context);

} // namespace batch::api
