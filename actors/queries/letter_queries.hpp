// What can be asked about dead letters. Plain functions over the store: any
// thread may call them.
#pragma once

#include "actors/queries/answer_bytes.hpp"
#include "actors/queries/rows.hpp"
#include "codecs/dead_letter.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace batch {

/// A dead letter and what was done about it.
struct stored_letter {
  item_position at;
  dead_letter letter;
  /// The number of the job that tries it again; 0 if none does.
  uint64_t claimed_by = 0;

  /// Whether somebody still has to act.
  bool is_open() const { return claimed_by == 0 && !letter.purged; }
  letter_id id() const { return {letter.job, at.item}; }
};

/// Walks dead letters by job, oldest first, then by item.
/// Thread-safety: none.
class letter_cursor {
public:
  letter_cursor(const store_reader& store, snapshot_ptr view, keys::range range,
                std::string after = {});

  /// The next letter, or nothing behind the last one.
  /// Errors: those of the store, `ec::storage_corrupt`.
  expected<std::optional<stored_letter>> next();

private:
  expected<bool> advance();

  row_cursor rows_;
  bool at_row_ = false;
};

/// Which letters are meant: those that have all that is given.
struct letter_filter {
  std::optional<job_id> job;
  std::optional<job_kind> type;
  std::string ns;
  std::optional<ec> code;
  /// Failed at this time or later; before this time.
  std::optional<time_ms> after;
  std::optional<time_ms> before;
  /// One of these; empty: any.
  std::vector<letter_id> ids;

  bool is_empty() const;
};

bool matches(const letter_filter& filter, const stored_letter& x);

/// The rows that may match. Errors: as `find_job_number`.
expected<keys::range> letters_of(const store_reader& store,
                                 const letter_filter& filter);

struct letter_list {
  std::vector<stored_letter> letters;
  /// Empty if this was the last page.
  std::string next_cursor;
};

/// Letters that are open, oldest job first. A page may hold fewer than `limit`
/// letters and still have a next one: it ends after a bounded number of letters
/// looked at, or when it has about `bytes_max`.
/// Errors: `ec::no_such_job`, `ec::job_gone`, `ec::invalid_request` (cursor).
expected<letter_list> list_letters(const store_reader& store,
                                   const letter_filter& filter, size_t limit,
                                   std::string_view cursor,
                                   size_t bytes_max = answer_bytes_max);

/// One letter, open or not. Errors: `ec::no_such_dead_letter`.
expected<stored_letter> find_letter(const store_reader& store,
                                    const letter_id& id);

enum class letter_grouping { code, fingerprint };

/// Open letters with the same code, or the same code and fingerprint.
struct letter_group {
  ec code = ec::internal;
  /// Empty if grouped by code.
  std::string fingerprint;
  uint64_t count = 0;
  time_ms first_at = 0;
  time_ms last_at = 0;
  /// The message of the first one, and the ids of a few.
  std::string message;
  std::vector<letter_id> samples;
};

/// Groups, the largest first. Reads every letter that may match.
/// Errors: as `list_letters`; `ec::overloaded` if there are too many groups.
expected<std::vector<letter_group>> group_letters(const store_reader& store,
                                                  const letter_filter& filter,
                                                  letter_grouping by);

/// The id of the job with a number; nothing if it is not kept any more.
expected<std::optional<job_id>> find_job_id(const store_reader& store,
                                            uint64_t number);

} // namespace batch
