// The COMMITTER: the only writer of the store.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "actors/vector_claims.hpp"
#include "storage/store.hpp"

#include <map>
#include <set>
#include <vector>

namespace batch {

/// Joins units into batches and writes them. Plain decisions, testable
/// without actors.
class group_writer {
public:
  group_writer() = default;
  /// @param vectors told of vectors that were written; may be null.
  group_writer(store_ptr target, uint64_t term, service_counters counters,
               std::shared_ptr<vector_changes> vectors = {})
    : store_(std::move(target)), term_(term), counters_(counters),
      vectors_(std::move(vectors)) {}

  /// Takes units from the front of `units` that fit into one batch, and
  /// answers how many. Units that come late are looked over first: what newer
  /// items have written since stays.
  expected<size_t> gather(const std::vector<commit_unit_ptr>& units);

  /// Writes what was gathered, with the statistics as they are then. May be
  /// called again after `retry`, `no_space` and `unknown`: every write is
  /// absolute, so that doing it twice is doing it once.
  commit_status write(durability d);

  /// Makes all that was written durable.
  commit_status sync();

  bool must_be_durable() const { return must_be_durable_; }
  /// Chunks completed by what was gathered.
  size_t chunks() const { return chunks_; }
  void drop();

  const service_counters& counters() const { return counters_; }

private:
  expected<void> add_late(const commit_unit& unit);

  store_ptr store_;
  uint64_t term_ = 0;
  /// As they are in the store.
  service_counters counters_;
  /// As they will be with what was gathered.
  service_counters next_counters_;
  write_batch batch_;
  std::shared_ptr<vector_changes> vectors_;
  bool changes_vectors_ = false;
  bool must_be_durable_ = false;
  size_t chunks_ = 0;
  /// Jobs whose marks are in the batch. Their end cannot be: a store removes
  /// ranges before it puts rows.
  std::set<uint64_t> marked_jobs_;
};

struct committer_state {
  static inline const char* name = "committer";

  struct waiting_unit {
    commit_unit_ptr unit;
    done_promise done;
    /// The namespace that it grants to a model; empty for others.
    std::string granted_ns;
  };

  struct refused_claim {
    done_promise done;
    caf::error why;
  };

  committer_options options;
  group_writer writer;
  std::vector<waiting_unit> waiting;
  std::vector<done_promise> waiting_for_sync;
  bool flush_is_queued = false;
  bool tick_is_queued = false;
  /// Chunks written and not synced; anything written and not synced.
  size_t unsynced_chunks = 0;
  bool unsynced = false;
  /// Writes in a row that failed.
  unsigned failures = 0;
  /// So that it is logged once.
  bool disk_is_full = false;
  store_reader_ptr store;
  /// Models of namespaces that were granted and are not written yet.
  std::map<std::string, namespace_model> granted;
  /// Claims that were refused for one of those: answered when it is written,
  /// so that whoever looks then sees why.
  std::multimap<std::string, refused_claim> refused;
};

committer_actor::behavior_type
committer(committer_actor::stateful_pointer<committer_state> self,
          committer_options options, store_ptr target, uint64_t term,
          service_counters counters);

} // namespace batch
