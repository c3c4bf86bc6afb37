// Pieces of work and what became of them: what DISPATCHER, WORKERS and JOB
// tell each other.
#pragma once

#include "actors/job_context.hpp"
#include "codecs/attempt.hpp"
#include "codecs/chunk.hpp"
#include "codecs/dead_letter.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace batch {

/// A chunk to be worked on, or some of its items.
struct chunk_ref {
  uint32_t chunk = 0;
  /// 1 for the first time; each retry of pending items counts one more.
  uint16_t round = 1;
  /// The items to do, from the begin of the chunk, ascending; empty: all.
  std::vector<uint32_t> offsets;

  bool operator==(const chunk_ref&) const = default;
};

/// What is known of a stored embedding before a new one is made.
struct embedding_origin {
  std::string model;
  std::string text_hash;
};

/// The life of a replayed item before the replay.
struct letter_history {
  letter_id letter;
  attempt_list attempts;
};

/// One item with all that a worker needs to know to do it.
struct work_item {
  /// From the begin of the chunk.
  uint32_t offset = 0;
  /// The JSON text of the item; lives as long as the `loaded_work`.
  std::string_view text;
  /// Set if the item cannot be done at all.
  std::optional<error> fault;
  /// The text of the stored thing that the item names (embed, export); lives
  /// as long as the `loaded_work`.
  std::optional<std::string_view> thing;
  /// The vector that the thing has already (embed).
  std::optional<embedding_origin> current;
  /// Ends of a relationship that do not exist, where that matters.
  std::string missing_endpoint;
  /// Where its effect belongs among those of other items: the item itself, or
  /// what it was first submitted as if it is a replayed dead letter.
  item_position place;
  /// What is known of the dead letter that it was.
  std::shared_ptr<const letter_history> history;
  /// What it names was not read, because there was enough in this round.
  bool unloaded = false;
};

/// A chunk, read from the store with the things that its items name. Could be
/// sent to another node as it is.
struct loaded_work {
  job_context_ptr job;
  chunk_ref ref;
  uint32_t first_item = 0;
  std::vector<work_item> items;
  /// What the texts of the items point into.
  std::shared_ptr<const batch::chunk> source;
  /// What the things of the items point into, each once.
  std::deque<std::string> things;
  /// The models that the vectors of the namespaces of items are of, where
  /// there are any and that matters (embed).
  std::map<std::string, namespace_model, std::less<>> models = {};
};

struct item_failure {
  uint32_t offset = 0;
  error why;
  /// The item as it was sent.
  std::string payload;
  item_position place;
  std::shared_ptr<const letter_history> history;
  /// When to come again, if who refused it said so; only for `ec::throttled`.
  std::optional<std::chrono::milliseconds> retry_after;
};

/// What a worker made of a chunk. Nothing of it has happened yet: the
/// COMMITTER writes it, if it is not too late.
struct chunk_outcome {
  chunk_ref ref;
  uint32_t first_item = 0;
  /// Items that succeeded.
  std::vector<uint32_t> done;
  std::vector<item_failure> failures;
  /// Items left for another round, because there was enough in this one.
  std::vector<uint32_t> left_over;
  write_batch effects;
  /// Records of codecs/results.hpp.
  std::vector<std::string> results;
  /// E.g. "embed-2", and where it ran.
  std::string worker;
  std::string node;
  /// True if the items are dead letters that are tried again: their effects
  /// belong to an earlier place.
  bool is_replay = false;
  /// True if the piece failed as a whole, because its worker ended, stalled or
  /// threw: all its items stand in `failures`, and any of them may be the
  /// cause.
  bool lost = false;
  /// When it failed, if that was before this process.
  std::optional<time_ms> failed_at = {};
};
using outcome_ptr = std::shared_ptr<const chunk_outcome>;

/// Reads what a worker needs for a chunk, but things up to about
/// `outcome_bytes_max` only: items whose thing would go beyond stay unloaded.
/// A stored thing that cannot be read is its item's fault.
/// Errors: those of the store, or `ec::storage_corrupt`.
expected<loaded_work> load_work(const store_reader& store, job_context_ptr job,
                                const chunk_ref& ref);

/// Reads the items of a piece without what they name: all that must be known
/// to let them fail. Errors: as `load_work`.
expected<loaded_work> load_items(const store_reader& store, job_context_ptr job,
                                 const chunk_ref& ref);

/// The outcome of a chunk that could not be worked on: every item failed.
chunk_outcome all_failed(const loaded_work& work, const error& why);

} // namespace batch
