// What is kept of an item that failed for good.
#pragma once

#include "codecs/attempt.hpp"
#include "codecs/error.hpp"
#include "codecs/ids.hpp"
#include "codecs/job_kind.hpp"
#include "codecs/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// Which item of which job, by number; jobs are numbered from 1.
struct item_position {
  uint64_t job = 0;
  uint32_t item = 0;

  auto operator<=>(const item_position&) const = default;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.job, x.item);
  }
};

/// An item that failed for good: the same record is the job's error.
struct dead_letter {
  static constexpr uint8_t record_version = 3;

  /// Nothing for a message of the system itself, which has no job either.
  std::optional<job_kind> type;
  /// The job it failed in.
  job_id job;
  ec code = ec::internal;
  std::string message;
  time_ms failed_at = 0;
  /// All of them, those before a replay included.
  attempt_list attempts;
  /// The item as it was sent; for an item too large to keep, its begin. Empty
  /// once the letter was purged.
  std::string payload;
  /// The namespace that the item names; empty if it names none.
  std::string ns;
  /// The id of the letter that it was replayed from; empty if it was not.
  std::string origin;
  /// Where its effect belongs among those of other items: its place in the job
  /// that it was first submitted with.
  item_position place;
  /// True once it was purged: it still counts as the error of its job.
  bool purged = false;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.type, x.job.bytes, x.code, x.message, x.failed_at, x.attempts,
          x.payload, x.ns, x.origin, x.place, x.purged);
  }
};

/// The name of a dead letter to the outside: its job and its item, e.g.
/// "018f4e2a-7c3d-7b1e-9a55-0242ac120002.17".
struct letter_id {
  job_id job;
  uint32_t item = 0;

  auto operator<=>(const letter_id&) const = default;
};

std::string to_string(const letter_id& id);
/// Errors: `ec::invalid_request`.
expected<letter_id> parse_letter_id(std::string_view text);

/// An error message without what differs from item to item: numbers, ids and
/// quoted text become "#", so that equal causes have equal fingerprints.
std::string fingerprint_of(std::string_view message);

} // namespace batch
