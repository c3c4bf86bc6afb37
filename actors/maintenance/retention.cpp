#include "actors/maintenance/retention.hpp"

#include "actors/maintenance/job_removal.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/queries/rows.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/record.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

/// Rows that one write removes.
constexpr size_t rows_per_write = 1000;
/// Jobs that are removed before others may change letters.
constexpr uint64_t jobs_per_ticket = 100;

struct finished_job {
  uint64_t number = 0;
  time_ms finished_at = 0;
};

expected<std::optional<finished_job>> first_finished(const store_reader& store,
                                                     std::string_view after) {
  auto [from, to] = keys::finished_jobs();
  auto row = store.scan(nullptr, family::jobs, from, to, after, 1);
  if (!row)
    return fail(row);
  if (row->empty())
    return std::nullopt;
  auto key = (*row)[0].key;
  return finished_job{keys::job_of_finished(key), keys::finished_at_of(key)};
}

/// Removes the jobs that ended first while there are too many, or too old
/// ones, up to a number of jobs.
expected<uint64_t> remove_jobs(const store_reader& store,
                               service_client& client,
                               const retention_options& limits, time_ms now) {
  std::optional<letters_ticket> ticket;
  // Behind the last job that had to stay.
  std::string after;
  for (uint64_t removed = 0;;) {
    auto first = first_finished(store, after);
    if (!first)
      return fail(first);
    auto counters = read_counters(store);
    if (!counters)
      return fail(counters);
    if (!*first || removed == jobs_per_ticket)
      return removed;
    auto is_old = now - (*first)->finished_at
                  > std::chrono::milliseconds{limits.age}.count();
    if (!is_old && counters->kept_items <= limits.items)
      return removed;
    if (!ticket) {
      auto taken = letters_ticket::take(client);
      if (!taken)
        return fail(taken);
      ticket.emplace(std::move(*taken));
    }
    BATCH_FAIL_POINT("retention.before_removal");
    auto done
      = remove_job(store, *ticket, (*first)->number, now, durability::buffered);
    if (done) {
      ++removed;
      continue;
    }
    // One that is damaged, or that another job still reads, stops no other.
    if (done.error().code != ec::storage_corrupt
        && done.error().code != ec::conflict)
      return fail(done);
    spdlog::debug("job number {} stays: {}", (*first)->number,
                  done.error().message);
    after = keys::finished_job((*first)->finished_at, (*first)->number);
  }
}

/// Whether the row that an expiry names has really expired: an idempotency key
/// may have been used again since.
expected<bool> has_expired(const store_reader& store, std::string_view key,
                           time_ms now) {
  if (!key.starts_with('K'))
    return true;
  auto row = store.get(family::jobs, key);
  if (!row)
    return fail(row);
  if (!*row)
    return true;
  auto record = decode_record<idempotency_record>(**row);
  return !record || record->expires_at < now;
}

expected<void> remove_expired(const store_reader& store, service_client& client,
                              time_ms now) {
  std::optional<letters_ticket> ticket;
  row_cursor rows{store, store.take_snapshot(), family::jobs,
                  keys::expiries_until(now)};
  write_batch changes;
  for (;;) {
    auto more = rows.next();
    if (!more)
      return fail(more);
    if (!changes.empty() && (!*more || changes.entries() >= rows_per_write)) {
      if (!ticket) {
        auto taken = letters_ticket::take(client);
        if (!taken)
          return fail(taken);
        ticket.emplace(std::move(*taken));
      }
      if (auto ok = ticket->write(std::move(changes), {}, durability::buffered);
          !ok)
        return ok;
      changes = {};
    }
    if (!*more)
      return {};
    auto key = keys::expiring_key(rows.row().key);
    auto expired = has_expired(store, key, now);
    if (!expired)
      return fail(expired);
    if (*expired)
      changes.erase(family::jobs, key);
    changes.erase(family::jobs, rows.row().key);
  }
}

} // namespace

expected<uint64_t> sweep(const store_reader& store, service_client& client,
                         const retention_options& limits, time_ms now) {
  uint64_t removed = 0;
  for (;;) {
    auto some = remove_jobs(store, client, limits, now);
    if (!some)
      return fail(some);
    removed += *some;
    if (*some < jobs_per_ticket)
      break;
  }
  if (auto ok = remove_expired(store, client, now); !ok)
    return fail(ok);
  return removed;
}

retention_actor::behavior_type
retention(retention_actor::stateful_pointer<retention_state> self,
          service_options options, store_reader_ptr store,
          supervisor_actor supervisor) {
  auto& st = self->state;
  st.options = std::move(options);
  st.store = std::move(store);
  st.client = std::make_unique<service_client>(
    self->system(), std::move(supervisor), st.options.request_timeout);
  self->delayed_send(self, st.options.retention.interval, atom::tick_atom_v);
  return {
    [self](atom::tick_atom) {
      auto& state = self->state;
      auto removed = sweep(*state.store, *state.client, state.options.retention,
                           state.options.clock().time);
      if (removed && *removed > 0)
        spdlog::info("removed {} finished jobs that were too old or too many",
                     *removed);
      // Another sweep comes; until then what was to go stays.
      if (!removed && removed.error().code != ec::shutting_down)
        spdlog::warn("finished jobs were not all looked through: {}",
                     removed.error().message);
      self->delayed_send(self, state.options.retention.interval,
                         atom::tick_atom_v);
    },
  };
}

} // namespace batch
