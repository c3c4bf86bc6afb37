#include "actors/recovery.hpp"

#include "codecs/limits.hpp"
#include "codecs/record.hpp"
#include "storage/keys.hpp"

#include <set>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

/// Visits all rows of a range; stops at the first error.
template <class Visit>
expected<void> for_each_row(const store_reader& store, family f,
                            const keys::range& range, Visit&& visit) {
  std::string after;
  for (;;) {
    auto rows
      = store.scan(nullptr, f, range.from, range.to, after, stream_bytes);
    if (!rows)
      return fail(rows);
    for (size_t i = 0; i < rows->size(); ++i)
      if (expected<void> visited = visit((*rows)[i]); !visited)
        return visited;
    if (!rows->more)
      return {};
    after = rows->last_key();
  }
}

template <class Record>
expected<Record> read_record(const store_reader& store, family f,
                             std::string_view key, std::string_view what) {
  auto bytes = store.get(f, key);
  if (!bytes)
    return fail(bytes);
  if (!*bytes)
    return fail(ec::storage_corrupt, std::string{what} + " is missing");
  return decode_record<Record>(**bytes);
}

expected<std::vector<restored_chunk>> read_marks(const store_reader& store,
                                                 uint64_t job) {
  std::vector<restored_chunk> marked;
  auto read = for_each_row(
    store, family::marks, keys::of_job(job),
    [&](const page::row& row) -> expected<void> {
      auto chunk = keys::chunk_of(row.key);
      if (keys::is_pending(row.key)) {
        // Stands right behind the mark of its chunk.
        auto item = decode_record<pending_item>(row.value);
        if (!item || marked.empty() || marked.back().chunk != chunk)
          return fail(ec::storage_corrupt, "a pending item has no mark");
        marked.back().pending[keys::pending_offset(row.key)] = std::move(*item);
        return {};
      }
      auto mark = decode_record<chunk_mark>(row.value);
      if (!mark)
        return fail(mark);
      marked.push_back({chunk, *mark, {}});
      return {};
    });
  if (!read)
    return fail(read);
  return marked;
}

/// Job numbers that have chunks, found by jumping from one to the next.
expected<std::vector<uint64_t>> jobs_with_chunks(const store_reader& store) {
  std::vector<uint64_t> numbers;
  std::string from;
  for (;;) {
    auto row = store.scan(nullptr, family::chunks, from, {}, {}, 1);
    if (!row)
      return fail(row);
    if (row->empty())
      return numbers;
    numbers.push_back(keys::job_of((*row)[0].key));
    from = keys::of_job(numbers.back()).to;
  }
}

} // namespace

expected<open_job> read_open_job(const store_reader& store, uint64_t number) {
  auto name = "job " + std::to_string(number);
  auto spec
    = read_record<job_spec>(store, family::jobs, keys::job_spec(number), name);
  if (!spec)
    return fail(spec);
  auto progress = read_record<job_progress>(
    store, family::jobs, keys::job_progress(number), "progress of " + name);
  if (!progress)
    return fail(progress);
  auto marked = read_marks(store, number);
  if (!marked)
    return fail(marked);
  auto context = make_job_context(std::move(*spec));
  if (!context)
    return fail(context);
  return open_job{std::move(*context), *progress, std::move(*marked)};
}

expected<recovered_state> recover(store& from) {
  recovered_state state;
  auto term = from.take_over();
  if (!term)
    return fail(term);
  state.term = *term;
  auto counters = from.get(family::meta, keys::counters);
  if (!counters)
    return fail(counters);
  if (*counters) {
    auto read = decode_record<service_counters>(**counters);
    if (!read)
      return fail(read);
    state.counters = *read;
  }

  std::set<uint64_t> open;
  for (auto status : {job_status::processing, job_status::pending}) {
    auto read = for_each_row(from, family::jobs,
                             keys::jobs_by_status(static_cast<uint8_t>(status)),
                             [&](const page::row& row) -> expected<void> {
                               open.insert(keys::job_of_listed(row.key));
                               return {};
                             });
    if (!read)
      return fail(read);
  }
  for (auto number : open) {
    auto job = read_open_job(from, number);
    if (!job)
      return fail(job);
    state.jobs.push_back(std::move(*job));
  }

  auto numbers = jobs_with_chunks(from);
  if (!numbers)
    return fail(numbers);
  write_batch orphans;
  for (auto number : *numbers)
    if (!open.contains(number)) {
      auto [begin, end] = keys::of_job(number);
      orphans.erase_range(family::chunks, begin, end);
      spdlog::info("dropping an upload that was never accepted (job {})",
                   number);
    }
  if (!orphans.empty())
    if (auto status = from.commit(orphans, durability::durable, state.term);
        status != commit_status::ok)
      return fail(ec::storage_failure, "cannot drop what broken uploads left: "
                                         + std::string{to_string(status)});
  return state;
}

} // namespace batch
