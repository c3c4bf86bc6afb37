// Walks the results of a job in the order of its items.
#pragma once

#include "actors/queries/rows.hpp"
#include "codecs/attempt.hpp"
#include "codecs/record.hpp"
#include "codecs/results.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace batch {

/// The results of a job by index, from one snapshot.
///
/// The results of a chunk stand in parts, up to four a round and each with
/// some of its items in any order: a thousand parts of 1 MiB if its items are
/// large. So only the places are gathered of a whole chunk. Its parts are read
/// when it is an item's turn, and `parts_held_max` of them are held.
/// Thread-safety: none.
class result_cursor {
public:
  /// Enough for all parts of a chunk whose items are small, and for parts of
  /// several rounds that take turns.
  static constexpr size_t parts_held_max = 8;

  result_cursor(const store_reader& store, snapshot_ptr view, uint64_t job)
    : store_(&store), view_(std::move(view)),
      rows_(store, view_, family::results, keys::of_job(job)) {}

  /// Moves to the next result; the first call moves to the first one.
  /// @returns false behind the last result.
  expected<bool> next() {
    if (at_ + 1 < places_.size())
      ++at_;
    else if (auto more = read_chunk(); !more || !*more)
      return more;
    return find_result();
  }

  /// The result that `next` moved to, valid until it is called again.
  result_view result() const { return result_; }

  /// Times that its item was tried, if it was more than once; else 0.
  uint32_t attempts() const {
    auto found = attempts_.find(result_.index);
    return found == attempts_.end() ? 0 : found->second;
  }

private:
  struct place {
    uint32_t index;
    /// Which of `keys_`.
    uint32_t part;
  };

  struct part {
    uint32_t number;
    std::string record;
    std::vector<result_view> entries;
  };

  /// Gathers the places of the next chunk. @returns false if there is none.
  expected<bool> read_chunk() {
    places_.clear();
    keys_.clear();
    parts_.clear();
    attempts_.clear();
    at_ = 0;
    for (;;) {
      if (!at_row_) {
        auto more = rows_.next();
        if (!more)
          return fail(more);
        if (!*more)
          break;
        at_row_ = true;
      }
      auto [key, value] = rows_.row();
      if (!keys_.empty() && keys::chunk_of(key) != keys::chunk_of(keys_[0]))
        break;
      if (keys::is_result_attempts(key)) {
        auto item = decode_record<retried_item>(value);
        if (!item)
          return fail(item);
        attempts_[item->index] = item->failures.count + 1;
        at_row_ = false;
        continue;
      }
      auto number = static_cast<uint32_t>(keys_.size());
      keys_.emplace_back(key);
      auto held = hold(number, std::string{value});
      if (!held)
        return fail(held);
      for (const auto& x : (*held)->entries)
        places_.push_back({x.index, number});
      at_row_ = false;
    }
    std::ranges::sort(places_, {}, &place::index);
    return !places_.empty();
  }

  expected<bool> find_result() {
    auto [index, number] = places_[at_];
    auto held = part_of(number);
    if (!held)
      return fail(held);
    const auto& entries = (*held)->entries;
    auto found
      = std::ranges::lower_bound(entries, index, {}, &result_view::index);
    if (found == entries.end() || found->index != index)
      return fail(ec::storage_corrupt, "a results record has changed");
    result_ = *found;
    return true;
  }

  expected<const part*> part_of(uint32_t number) {
    auto held = std::ranges::find(parts_, number, &part::number);
    if (held != parts_.end())
      return &*held;
    auto record = find_row(*store_, view_, family::results, keys_[number]);
    if (!record)
      return fail(record);
    if (!*record)
      return fail(ec::storage_corrupt, "a results record has gone");
    return hold(number, std::move(**record));
  }

  /// Holds one more part, and lets the one go that is held the longest.
  expected<const part*> hold(uint32_t number, std::string record) {
    if (parts_.size() == parts_held_max)
      parts_.pop_front();
    auto& held = parts_.emplace_back(part{number, std::move(record), {}});
    auto entries = read_results(held.record);
    if (!entries)
      return fail(entries);
    held.entries = std::move(*entries);
    return &held;
  }

  const store_reader* store_;
  snapshot_ptr view_;
  row_cursor rows_;
  /// True if `rows_` stands at a row that was not taken yet.
  bool at_row_ = false;
  /// Of the chunk that is being walked.
  std::vector<std::string> keys_;
  std::vector<place> places_;
  std::map<uint32_t, uint32_t> attempts_;
  size_t at_ = 0;
  /// A deque: views into short records would not survive a move.
  std::deque<part> parts_;
  result_view result_{};
};

} // namespace batch
