// The `options` of a submission.
#pragma once

#include "codecs/error.hpp"
#include "codecs/ids.hpp"
#include "codecs/limits.hpp"
#include "codecs/time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// How many failed items a job may have and still end `completed`. Either
/// bound being exceeded fails the job; the default tolerates none.
struct failure_tolerance {
  std::optional<uint64_t> count;
  /// Of all items, 0 to 100.
  std::optional<double> percent;

  bool allows(uint64_t failed, uint64_t total) const;
};

/// What becomes of a text that is longer than its embedder takes, or than the
/// job says.
enum class overlong_text : uint8_t {
  /// Its item fails.
  fail,
  /// Only its begin is embedded.
  truncate,
  /// It is embedded in parts; its vector is their mean by their lengths.
  split_mean,
};

struct job_options {
  /// Items of a chunk, the unit of dispatch; 1 to `chunk_items_max`.
  uint32_t chunk_items = chunk_items_default;
  /// The time a worker has for one chunk.
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  /// Retries of an item whose failure can pass; 0 to 10.
  uint32_t retries_max = 3;
  /// The delay before the first retry; doubles with each.
  std::chrono::milliseconds backoff = std::chrono::seconds{1};
  failure_tolerance tolerated_failures;
  /// -10 to 10; each step is worth a factor of about 1.25 of the share.
  int32_t priority = 0;
  /// Chunks being worked on at one time; 0 sets no bound of its own.
  uint32_t concurrency = 0;
  std::map<std::string, std::string> labels;
  /// `runAt`: nothing is begun before this time.
  std::optional<time_ms> run_at;
  /// `delaySeconds`: nothing is begun within this time of the acceptance.
  std::chrono::seconds delay{0};
  /// Jobs that must have ended `completed` before anything is begun.
  std::vector<job_id> after;
  /// `keepResults: errors` keeps no results of items that succeeded.
  bool keep_results = true;
  /// `onMissingEndpoint: fail` refuses relationships between things that do
  /// not exist.
  bool endpoints_must_exist = false;
  /// Empty: the default model.
  std::string embedding_model;
  /// Embed again even if the text is unchanged, and with another model than
  /// the vectors of the namespace are of.
  bool embedding_force = false;
  /// `dryRun`: nothing is upserted; results show what would be.
  bool dry_run = false;
  /// What of a thing is embedded: a template (codecs/text_template.hpp); empty
  /// for its `content`.
  std::string embedding_text;
  overlong_text embedding_overlong = overlong_text::fail;
  /// Bytes of a text beyond which it is overlong; 0 sets no bound of its own.
  uint32_t embedding_bytes_max = 0;
  /// Whether there is an `embedding` at all.
  bool has_embedding = false;
  /// JSON text of `transform`; empty if absent.
  std::string transform;
  /// The namespace that transformed values are upserted into; empty if none.
  std::string into;
  /// One sentence for each member that this version does not know.
  std::vector<std::string> warnings;
};

/// Reads `options`. An empty text means no options.
/// Errors: `ec::invalid_option`, with a pointer from the root of the
/// submission, e.g. "/options/priority".
expected<job_options> parse_job_options(std::string_view json);

} // namespace batch
