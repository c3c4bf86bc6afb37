// What can be set from outside; given by value when the actors are spawned.
#pragma once

#include "actors/crash_notes.hpp"
#include "actors/vector_changes.hpp"
#include "actors/workers/worker.hpp"
#include "codecs/limits.hpp"
#include "codecs/time.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace batch {

/// Told of messages that an actor does not take: who it was, and what.
using stray_handler
  = std::function<void(const std::string& role, const std::string& message)>;

struct committer_options {
  /// Effects are synced to disk when this many chunks or this much time is
  /// not yet synced, whichever comes first. A power cut costs at most that
  /// much work, which is then done again.
  size_t sync_chunks = 100;
  std::chrono::milliseconds sync_interval{200};
  /// The pause before a write that failed is tried again; doubles up to the
  /// longest.
  std::chrono::milliseconds retry_pause{10};
  std::chrono::milliseconds retry_pause_max{500};
  stray_handler on_stray;
  /// As `service_options::vectors_changed`, which goes here.
  std::shared_ptr<vector_changes> vectors_changed;
};

/// What is kept of finished jobs; whichever bound is reached first.
struct retention_options {
  std::chrono::hours age = retention_age_default;
  /// Items of all finished jobs together.
  uint64_t items = retention_items_default;
  /// How often it is looked after.
  std::chrono::milliseconds interval = std::chrono::minutes{1};
};

struct service_options {
  /// Worker threads by job type.
  std::map<job_type, size_t> slots;
  /// Pieces that a slot holds: the one it works on and those that wait so
  /// that it never idles for a message.
  size_t slot_credit = 2;
  /// Chunks of one job that are queued, worked on or being written.
  size_t job_window = 64;
  /// Jobs that are open at one time.
  size_t open_jobs_max = 100'000;
  committer_options committer;
  retention_options retention;
  /// How often leases are looked through.
  std::chrono::milliseconds lease_tick{1000};
  /// The longest that one actor waits for the answer of another one.
  std::chrono::milliseconds request_timeout = std::chrono::seconds{60};
  /// The longest that a shutdown waits for what is being worked on.
  std::chrono::milliseconds drain_timeout = std::chrono::seconds{8};
  /// The models that jobs may name, the first for those that name none; null:
  /// the built-in ones.
  embedder_set_ptr embedders;
  /// Told of namespaces whose vectors have changed; null: those that are
  /// searched are read anew each time.
  std::shared_ptr<vector_changes> vectors_changed;
  /// Bytes of vectors that are held for searches.
  size_t search_cache_bytes = search_cache_bytes_default;
  /// The workers; empty: the built-in ones.
  worker_registry workers;
  /// The functions that `options.transform.function` may name. The built-in
  /// workers know them; other ones have to be given them.
  batch::transform_functions transform_functions = {};
  /// What the attempts of items name as the place they were made at; at most
  /// `worker_name_bytes_max` bytes.
  std::string node = "coordinator";
  /// Of the program, for people who look at the nodes of a cluster.
  std::string version = {};
  /// A worker that is lost is replaced at once the first time, then after this
  /// pause, which doubles with each loss up to the longest; a chunk that it
  /// finishes starts the count anew.
  std::chrono::milliseconds restart_pause{1000};
  std::chrono::milliseconds restart_pause_max = std::chrono::minutes{1};
  /// The time; tests bring their own.
  std::function<moment()> clock = this_moment;
  /// Seed of the jitter of retries.
  uint64_t seed = 1;
  /// Blocking actors get threads of their own. Off only in tests with a
  /// virtual clock.
  bool detached = true;
  /// What `take_crash_notes` has found: a loss each of the items they name.
  /// Those of jobs that are open are told `crash_counted` when they are.
  std::vector<crash_note> crashes;
  /// Empty: such messages become dead letters.
  stray_handler on_stray;
  /// Called when the store cannot be written any more and the process should
  /// end. Called from an actor's thread; must not block.
  std::function<void(const error&)> on_fatal;
};

} // namespace batch
