// What the parts of a verification share: the store, what was found and what
// was counted.
//
// A store that cannot be read ends the run: reads answer nothing from then on,
// so that every part comes to its end, and nothing more is told.
#pragma once

#include "actors/maintenance/verify.hpp"
#include "actors/queries/rows.hpp"
#include "codecs/job.hpp"
#include "codecs/record.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace batch {

/// Thread-safety: none.
class verify_run {
public:
  verify_run(const store_reader& s, time_ms t, const verify_sink& sink)
    : store(s), now(t), on_finding_(sink) {}

  const store_reader& store;
  const time_ms now;
  verify_summary summary;
  /// The statistics as they are stored, and as they are counted.
  service_counters stored;
  service_counters counted;
  /// Why the store could not be read further.
  std::optional<error> stopped;

  void tell(std::string key, std::string fault, std::string right);
  /// The same for a record that cannot be read.
  void tell_unreadable(std::string key, const error& why);

  /// Takes note that a job number is in use.
  void use_number(uint64_t number) {
    counted.next_job = std::max(counted.next_job, number + 1);
  }

  /// The value of a key; nothing if there is none.
  std::optional<std::string> get(family f, std::string_view key);
  /// Whether a range has a row.
  bool has_rows(family f, const keys::range& range);

private:
  const verify_sink& on_finding_;
};

/// Walks the rows of one family, each as long as the caller needs it.
class row_walk {
public:
  row_walk(verify_run& run, family f, keys::range range = {})
    : run_(run), rows_(run.store, nullptr, f, std::move(range)) {}

  /// The row it stands at, at first the first one; nothing behind the last
  /// one.
  std::optional<page::row> row();
  /// Moves to the next row.
  void pass() { at_row_ = false; }

private:
  verify_run& run_;
  row_cursor rows_;
  bool at_row_ = false;
  bool at_end_ = false;
};

/// Numbers and keys in words.
std::string job_name(uint64_t number);
/// A time as text, or its number if it is none.
std::string time_text(time_ms t);
std::string plural(uint64_t count, std::string_view one);
/// The bytes of a key that is of no kind we know, in hexadecimal digits.
std::string key_digits(family f, std::string_view key);
/// "things ns/id".
std::string named_key(family f, std::string_view key);

} // namespace batch
