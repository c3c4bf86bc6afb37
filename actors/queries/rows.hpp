// Rows of one point of time: one by its key, or those of a range page by page.
#pragma once

#include "codecs/limits.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"

#include <optional>
#include <utility>

namespace batch {

/// The value of one key as a view shows it; the present one if that is null.
inline expected<std::optional<std::string>> find_row(const store_reader& store,
                                                     const snapshot_ptr& view,
                                                     family f,
                                                     const std::string& key) {
  if (!view)
    return store.get(f, key);
  auto rows = store.scan(view, f, key, key + '\0', {}, 1);
  if (!rows)
    return fail(rows);
  if (rows->empty())
    return std::nullopt;
  return std::string{(*rows)[0].value};
}

/// A position in a range of one family. Holds one page at a time.
/// Thread-safety: none.
class row_cursor {
public:
  row_cursor(const store_reader& store, snapshot_ptr view, family f,
             keys::range range, std::string after = {},
             size_t page_bytes = stream_bytes)
    : store_(&store), view_(std::move(view)), family_(f),
      range_(std::move(range)), after_(std::move(after)),
      page_bytes_(page_bytes) {
    rows_.more = true;
  }

  /// Moves to the next row; the first call moves to the first one.
  /// @returns false behind the last row.
  expected<bool> next() {
    ++at_;
    while (at_ >= rows_.size()) {
      if (!rows_.more)
        return false;
      if (!rows_.empty())
        after_ = rows_.last_key();
      auto rows = store_->scan(view_, family_, range_.from, range_.to, after_,
                               page_bytes_);
      if (!rows)
        return fail(rows);
      rows_ = std::move(*rows);
      at_ = 0;
      if (rows_.empty())
        rows_.more = false;
    }
    return true;
  }

  /// The row that `next` moved to, valid until it is called again.
  page::row row() const { return rows_[at_]; }

private:
  const store_reader* store_;
  snapshot_ptr view_;
  family family_;
  keys::range range_;
  std::string after_;
  size_t page_bytes_;
  page rows_;
  /// One before the first row at the begin.
  size_t at_ = static_cast<size_t>(-1);
};

} // namespace batch
