// Whether a store is what the service left: a recount of everything.
//
// The first rows that are read say what the others have to be: each job has
// its rows and no others, its items are where its progress says, each counter
// is the sum of what it counts, each link leads to its relationship. What is
// found is told, nothing is mended.
#pragma once

#include "codecs/error.hpp"
#include "codecs/time.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace batch {

/// Something that is not as it should be.
struct verify_finding {
  /// Family and key in readable form, as storage/keys.hpp names them, e.g.
  /// "jobs S completed 7", "dead 7.3", "things shop/p1".
  std::string key;
  /// What is there instead of what would be right.
  std::string fault;
  std::string expected;
};

/// All of it as one sentence.
std::string to_string(const verify_finding& x);

/// What was looked at.
struct verify_summary {
  uint64_t jobs = 0;
  uint64_t open_jobs = 0;
  /// Of all jobs.
  uint64_t items = 0;
  uint64_t things = 0;
  uint64_t relationships = 0;
  uint64_t links = 0;
  uint64_t embeddings = 0;
  /// Items with a result.
  uint64_t results = 0;
  uint64_t dead_letters = 0;
  /// Letters that somebody still has to act on.
  uint64_t open_letters = 0;
  /// Letters that are messages of the system itself.
  uint64_t system_letters = 0;

  // What is no fault, but good to know.
  /// Uploads that were never accepted; the next start drops them.
  uint64_t unaccepted_uploads = 0;
  /// Links to a relationship that has got another end since.
  uint64_t stale_links = 0;
  /// Vectors of things that are gone.
  uint64_t embeddings_without_thing = 0;

  uint64_t findings = 0;
  /// False if a job or letter could not be read: what is counted over all of
  /// them was not compared then.
  bool totals_compared = true;
};

using verify_sink = std::function<void(const verify_finding&)>;

/// Reads the whole store. Memory: bounded by a chunk, not by the data.
/// Nobody may write to the store meanwhile.
/// @param now decides what has expired.
/// @param on_finding is called for each finding in turn.
/// Any thread; blocks for as long as reading everything takes.
/// Errors: those of the store; what was found until then was told.
expected<verify_summary> verify_store(const store_reader& store, time_ms now,
                                      const verify_sink& on_finding);

} // namespace batch
