#include "actors/recovery.hpp"

#include "actors/committer.hpp"
#include "actors/upload_removal.hpp"
#include "codecs/fail_point.hpp"
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

/// Removes what an upload that was never accepted has left.
expected<void> drop_upload(const store_ptr& from, uint64_t number,
                           recovered_state& state) {
  spdlog::info("dropping an upload that was never accepted (job {})", number);
  auto units = removal_of_upload(*from, number);
  if (!units)
    return fail(units);
  for (const auto& unit : *units) {
    group_writer writer{from, state.term, state.counters};
    auto gathered = writer.gather({std::make_shared<const commit_unit>(unit)});
    if (!gathered)
      return fail(gathered);
    BATCH_FAIL_POINT("recovery.before_drop");
    if (auto status = writer.write(durability::durable);
        status != commit_status::ok)
      return fail(ec::storage_failure, "cannot drop what broken uploads left: "
                                         + std::string{to_string(status)});
    BATCH_FAIL_POINT("recovery.after_drop");
    state.counters = writer.counters();
  }
  return {};
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
  auto ordered = store.get(family::jobs, keys::job_control(number));
  if (!ordered)
    return fail(ordered);
  auto marked = read_marks(store, number);
  if (!marked)
    return fail(marked);
  auto context = make_job_context(std::move(*spec));
  if (!context)
    return fail(context);
  open_job start{*context, first_control(**context), std::move(*progress),
                 std::move(*marked)};
  if (*ordered) {
    auto control = decode_record<job_control>(**ordered);
    if (!control)
      return fail(control);
    start.control = *control;
  }
  return start;
}

expected<recovered_state> recover(const store_ptr& from) {
  recovered_state state;
  auto term = from->take_over();
  if (!term)
    return fail(term);
  state.term = *term;
  BATCH_FAIL_POINT("recovery.taken_over");
  auto counters = from->get(family::meta, keys::counters);
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
    auto read = for_each_row(*from, family::jobs,
                             keys::jobs_by_status(static_cast<uint8_t>(status)),
                             [&](const page::row& row) -> expected<void> {
                               open.insert(keys::job_of_listed(row.key));
                               return {};
                             });
    if (!read)
      return fail(read);
  }
  for (auto number : open) {
    auto job = read_open_job(*from, number);
    if (job)
      state.jobs.push_back(std::move(*job));
    else if (job.error().code == ec::storage_corrupt) {
      // The others go on; this one waits until somebody resumes or restores.
      state.damaged.insert(number);
      spdlog::error("job number {} cannot go on: {}", number,
                    job.error().message);
    } else
      return fail(job);
  }

  auto numbers = jobs_with_chunks(*from);
  if (!numbers)
    return fail(numbers);
  for (auto number : *numbers)
    if (!open.contains(number))
      if (auto dropped = drop_upload(from, number, state); !dropped)
        return fail(dropped);
  BATCH_FAIL_POINT("recovery.before_jobs");
  return state;
}

} // namespace batch
