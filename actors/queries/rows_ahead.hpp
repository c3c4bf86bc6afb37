// Rows of a range, of which the next page is read while one is worked on.
#pragma once

#include "actors/queries/rows.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace batch {

/// As `row_cursor`, for ranges that may be long. From the second page on a
/// thread reads `pages_ahead_max` pages ahead and then waits: so many and the
/// one that is worked on are held, however slow the caller is. A range of one
/// page gets no thread.
///
/// Source: reading from RocksDB is two thirds of the work of an export, so
/// that it and the rest (checking, writing, compressing, sending) keep two
/// cores busy.
/// Thread-safety: none.
class rows_ahead {
public:
  /// Source: with one page each side often waits for the other one; three give
  /// no more than two.
  static constexpr size_t pages_ahead_max = 2;
  /// Source: an export of a million things is a tenth faster than with half of
  /// it, as its threads wake each other less often, and not slower than with
  /// twice of it.
  static constexpr size_t page_bytes = 512 << 10;

  /// The store outlives the cursor.
  rows_ahead(const store_reader& store, snapshot_ptr view, family f,
             keys::range range, std::string after = {});
  ~rows_ahead();

  /// Moves to the next row; the first call moves to the first one.
  /// @returns false behind the last row.
  expected<bool> next() {
    ++at_;
    while (at_ >= rows_.size()) {
      if (!rows_.more)
        return false;
      if (auto moved = next_page(); !moved)
        return fail(moved);
      at_ = 0;
    }
    return true;
  }

  /// The row that `next` moved to, valid until it is called again.
  page::row row() const { return rows_[at_]; }

private:
  expected<void> next_page();
  /// Reads the page behind `after_`. An exception must not leave the thread.
  expected<page> read_page();
  void run();

  const store_reader* store_;
  snapshot_ptr view_;
  family family_;
  keys::range range_;
  page rows_;
  /// One before the first row at the begin.
  size_t at_ = static_cast<size_t>(-1);

  std::mutex mutex_;
  /// Only one of the two sides ever waits.
  std::condition_variable changed_;
  /// What was read ahead; nothing comes behind an error or the last page. Has
  /// room for all from the begin, so that the thread never makes it longer.
  std::vector<expected<page>> ahead_;
  bool ending_ = false;
  /// Where the next page begins. Of the thread, once there is one.
  std::string after_;
  std::thread thread_;
};

} // namespace batch
