#include "actors/maintenance/job_removal.hpp"

#include "actors/queries/job_queries.hpp"
#include "actors/queries/letter_queries.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/record.hpp"

namespace batch {

namespace {

expected<int64_t> count_open_letters(const store_reader& store,
                                     uint64_t number) {
  letter_cursor letters{store, store.take_snapshot(), keys::of_job(number)};
  int64_t count = 0;
  uint64_t checked = 0;
  for (;;) {
    auto x = letters.next();
    if (!x)
      return fail(x);
    if (!*x)
      return count;
    count += (*x)->is_open() ? 1 : 0;
    if ((*x)->claimed_by == 0 || (*x)->claimed_by == checked)
      continue;
    // Its effect takes the place that the letter names.
    auto replay = read_job(store, (*x)->claimed_by);
    if (replay && !has_ended(replay->progress.status))
      return fail(ec::conflict, "items of the job are being tried again by job "
                                  + to_string(replay->spec.id)
                                  + "; try again when that has ended");
    if (!replay && replay.error().code != ec::no_such_job)
      return fail(replay);
    checked = (*x)->claimed_by;
  }
}

/// Takes the job out of all statistics: they tell of what is kept.
counter_changes without(const job_report& job, int64_t open_letters) {
  const auto& p = job.progress;
  counter_changes counters;
  counters.type = job.spec.type.base;
  counters.new_jobs = -1;
  counters.of(p.status) = -1;
  counters.items_processed = -int64_t{p.processed};
  counters.items_failed = -int64_t{p.failed};
  counters.dead_letters = -open_letters;
  counters.kept_items = -int64_t{job.spec.total};
  return counters;
}

} // namespace

expected<void> remove_job(const store_reader& store, letters_ticket& ticket,
                          uint64_t number, time_ms now, durability d) {
  auto job = read_job(store, number);
  if (!job)
    return fail(job);
  const auto& p = job->progress;
  if (!has_ended(p.status))
    return fail(ec::conflict, "the job has not ended; cancel it first");
  auto open_letters = count_open_letters(store, number);
  if (!open_letters)
    return fail(open_letters);

  write_batch changes;
  auto [from, to] = keys::of_job(number);
  for (auto f : {family::marks, family::chunks, family::results, family::dead})
    changes.erase_range(f, from, to);
  const auto& id = job->spec.id;
  for (const auto& key :
       {keys::job_spec(number), keys::job_progress(number),
        keys::job_control(number), keys::job_by_id(id),
        keys::job_by_status(static_cast<uint8_t>(p.status), number),
        keys::finished_job(p.finished_at, number)})
    changes.erase(family::jobs, key);
  auto expires_at = now + std::chrono::milliseconds{tombstone_age_max}.count();
  auto tombstone = keys::tombstone(id);
  changes.put(family::jobs, tombstone,
              encode_record(tombstone_record{expires_at, p.status}));
  changes.put(family::jobs, keys::expiry(expires_at, tombstone), {});
  BATCH_FAIL_POINT("removal.before_write");
  auto written
    = ticket.write(std::move(changes), without(*job, *open_letters), d);
  BATCH_FAIL_POINT("removal.after_write");
  return written;
}

expected<void> remove_job(const store_reader& store, service_client& client,
                          const job_id& id, time_ms now) {
  auto number = find_job_number(store, id);
  if (!number)
    return fail(number);
  auto ticket = letters_ticket::take(client);
  if (!ticket)
    return fail(ticket);
  return remove_job(store, *ticket, *number, now, durability::durable);
}

} // namespace batch
