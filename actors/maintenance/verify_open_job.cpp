#include "actors/maintenance/verify_open_job.hpp"

#include "codecs/bytes.hpp"

#include <algorithm>

namespace batch {

std::string open_job_check::name_of(family f, uint32_t chunk) const {
  return std::string{to_string(f)} + " " + std::to_string(job_.spec.number)
         + " " + std::to_string(chunk);
}

void open_job_check::check() {
  auto number = job_.spec.number;
  for (uint64_t next = 0;;) {
    auto row = chunks_.row_of(number);
    auto chunk = row ? keys::chunk_of(row->key) : job_.spec.chunks;
    if (chunk > next && next < job_.spec.chunks && !run_.stopped) {
      auto end = std::min(chunk, job_.spec.chunks);
      auto last = next + 1 < end ? " to " + std::to_string(end - 1) : "";
      run_.tell(name_of(family::chunks, static_cast<uint32_t>(next)) + last,
                "is not there", "the items of the job");
      is_whole_ = false;
      next_first_.reset();
    }
    if (!row)
      break;
    if (chunk >= job_.spec.chunks)
      run_.tell(name_of(family::chunks, chunk), "is one too many",
                plural(job_.spec.chunks, "chunk"));
    else
      check_chunk(chunk, row->value);
    chunks_.pass();
    next = uint64_t{chunk} + 1;
  }
  // What belongs to no chunk that can be read.
  while (letters_.next_item(number))
    letters_.check(number, &job_);
  while (results_.next(job_)) {
  }
  if (auto rows = marks_.pass_job(number); rows > 0 && is_whole_)
    run_.tell("marks " + std::to_string(number),
              plural(rows, "row") + " of no chunk of the job", "none");
  check_sums();
}

void open_job_check::check_chunk(uint32_t chunk, std::string_view record) {
  auto items = batch::chunk::read(std::string{record});
  if (!items) {
    run_.tell_unreadable(name_of(family::chunks, chunk), items.error());
    return skip_chunk(chunk);
  }
  chunk_items x;
  x.chunk = chunk;
  x.first = items->first_item();
  x.states.resize(items->items().size());
  if (next_first_ && *next_first_ != x.first)
    run_.tell(name_of(family::chunks, chunk),
              "begins with item " + std::to_string(x.first),
              "item " + std::to_string(*next_first_));
  next_first_ = uint64_t{x.first} + x.states.size();
  items_ += x.states.size();
  if (items->source() == item_source::dead_letters)
    check_letters_claimed(*items, chunk);
  read_marks(x);
  read_outcomes(x);
  if (!x.is_whole || !job_.results_are_whole || !job_.keeps_results) {
    is_whole_ = false;
    return;
  }
  check_states(x);
  check_mark(x);
}

/// Passes what belongs to a chunk of unknown items.
void open_job_check::skip_chunk(uint32_t chunk) {
  is_whole_ = false;
  next_first_.reset();
  while (marks_.row_of(job_.spec.number, chunk))
    marks_.pass();
  results_.of(job_, chunk);
}

void open_job_check::check_letters_claimed(const batch::chunk& items,
                                           uint32_t chunk) {
  for (const auto& item : items.items()) {
    auto [job, index] = item.letter;
    auto claim = run_.get(family::dead, keys::dead_claim(job, index));
    // Its job may have been removed.
    if (!claim && !run_.get(family::dead, keys::dead_item(job, index)))
      continue;
    std::string mine;
    append_fixed(mine, job_.spec.number);
    if (claim != mine)
      run_.tell("dead " + std::to_string(job) + "." + std::to_string(index)
                  + " c",
                claim ? "names another job" : "is not there",
                job_name(job_.spec.number) + ", which tries it again in chunk "
                  + std::to_string(chunk));
  }
}

void open_job_check::read_marks(chunk_items& x) {
  auto number = job_.spec.number;
  uint64_t unmarked = 0;
  // Rows of chunks before it, which are not there.
  for (;;) {
    auto row = marks_.row_of(number);
    if (!row || keys::chunk_of(row->key) >= x.chunk)
      break;
    marks_.pass();
  }
  for (; auto row = marks_.row_of(number, x.chunk); marks_.pass()) {
    if (!keys::is_pending(row->key)) {
      auto mark = decode_record<chunk_mark>(row->value);
      if (mark)
        x.mark = *mark;
      else {
        run_.tell_unreadable(name_of(family::marks, x.chunk), mark.error());
        x.is_whole = false;
      }
      continue;
    }
    auto offset = keys::pending_offset(row->key);
    auto name = name_of(family::marks, x.chunk) + " " + std::to_string(offset);
    if (!x.mark && x.is_whole)
      ++unmarked;
    auto item = decode_record<pending_item>(row->value);
    if (!item) {
      run_.tell_unreadable(name, item.error());
      x.is_whole = false;
    } else if (offset >= x.states.size())
      run_.tell(name, "is of an item that the chunk has not",
                "one of its " + plural(x.states.size(), "item"));
    else {
      x.states[offset] |= state::pending;
      retrying_ += item->has_failed() ? 1 : 0;
    }
  }
  if (unmarked == 0)
    return;
  run_.tell(name_of(family::marks, x.chunk),
            "is not there, but " + plural(unmarked, "pending item") + " of it",
            "the mark of the chunk");
  x.is_whole = false;
}

void open_job_check::read_outcomes(chunk_items& x) {
  auto number = job_.spec.number;
  auto end = uint64_t{x.first} + x.states.size();
  auto mark_item = [&](uint32_t item, state s) {
    if (item >= x.first && item < end)
      x.states[item - x.first] |= s;
  };
  for (;;) {
    auto item = letters_.next_item(number);
    if (!item || *item >= end)
      break;
    mark_item(*item, state::dead);
    letters_.check(number, &job_);
  }
  for (auto item : results_.of(job_, x.chunk).items)
    if (item >= x.first && item < end)
      mark_item(item, state::succeeded);
    else
      run_.tell(name_of(family::results, x.chunk),
                "has a result of item " + std::to_string(item),
                "items " + std::to_string(x.first) + " to "
                  + std::to_string(end - 1));
}

void open_job_check::check_states(const chunk_items& x) {
  if (!x.mark) {
    auto known = std::ranges::count_if(x.states, [](auto s) { return s != 0; });
    if (known == 0)
      return;
    is_whole_ = false;
    return run_.tell(name_of(family::marks, x.chunk),
                     "is not there, but outcomes of "
                       + plural(static_cast<uint64_t>(known), "item"),
                     "the mark of the chunk");
  }
  for (size_t offset = 0; offset < x.states.size(); ++offset) {
    auto s = x.states[offset];
    auto item = "item " + std::to_string(x.first + offset);
    auto is_single
      = s == state::pending || s == state::dead || s == state::succeeded;
    if (s != 0 && !is_single)
      run_.tell(name_of(family::marks, x.chunk),
                item + " has more than one outcome",
                "a result, a letter or another try");
    else if (s == 0 && *job_.keeps_results)
      run_.tell(name_of(family::results, x.chunk), item + " has no outcome",
                "a result, a letter or another try");
    if (s == 0 || s == state::succeeded)
      ++processed_;
  }
}

void open_job_check::check_mark(const chunk_items& x) {
  if (!x.mark)
    return;
  auto count = [&](auto is) {
    return static_cast<uint64_t>(std::ranges::count_if(x.states, is));
  };
  auto waiting = count([](auto s) { return (s & state::pending) != 0; });
  auto failed = count([](auto s) { return (s & state::dead) != 0; });
  auto done = count([](auto s) { return s == 0 || s == state::succeeded; });
  auto check = [&](const char* what, uint64_t said, uint64_t counted) {
    // A mark has the figures of its last round alone.
    auto is_right = said == counted || (x.mark->rounds > 1 && said < counted);
    if (!is_right)
      run_.tell(name_of(family::marks, x.chunk),
                "says " + std::to_string(said) + " " + what,
                std::to_string(counted)
                  + (x.mark->rounds > 1 ? " at most" : ""));
  };
  if (x.mark->pending != waiting)
    run_.tell(name_of(family::marks, x.chunk),
              "says " + std::to_string(x.mark->pending) + " pending",
              std::to_string(waiting));
  if (x.mark->rounds == 0)
    run_.tell(name_of(family::marks, x.chunk), "says 0 rounds", "1 or more");
  check("processed", x.mark->processed, done);
  check("failed", x.mark->failed, failed);
}

void open_job_check::check_sums() {
  if (!is_whole_)
    return;
  auto name = "jobs P " + std::to_string(job_.spec.number);
  auto check = [&](const char* what, uint64_t said, uint64_t counted) {
    if (said != counted)
      run_.tell(name, std::string{what} + " is " + std::to_string(said),
                std::to_string(counted) + ", as its chunks say");
  };
  if (items_ != job_.spec.total)
    run_.tell("jobs J " + std::to_string(job_.spec.number),
              "total is " + std::to_string(job_.spec.total),
              std::to_string(items_) + ", as its chunks have");
  check("processed", job_.progress.processed, processed_);
  check("retrying", job_.progress.retrying, retrying_);
}

} // namespace batch
