#include "actors/maintenance/verify_parts.hpp"

#include <array>

namespace batch {

namespace {

constexpr std::array meta_keys{keys::schema, keys::term, keys::counters};

void compare(verify_run& run, const std::string& name, uint64_t stored,
             uint64_t counted) {
  if (stored != counted)
    run.tell("meta counters", name + " is " + std::to_string(stored),
             std::to_string(counted) + ", as the rows say");
}

} // namespace

void verify_meta(verify_run& run) {
  row_walk rows{run, family::meta};
  for (; auto row = rows.row(); rows.pass())
    if (std::ranges::find(meta_keys, row->key) == meta_keys.end()
        && !keys::is_namespace_model(row->key))
      run.tell(key_digits(family::meta, row->key), "is no row that is known",
               "schema, term and counters");
  auto bytes = run.get(family::meta, keys::counters);
  if (!bytes)
    return;
  auto counters = decode_record<service_counters>(*bytes);
  if (!counters) {
    run.tell_unreadable("meta counters", counters.error());
    run.summary.totals_compared = false;
    // Which numbers were given out is not known then.
    run.stored.next_job = UINT64_MAX;
    return;
  }
  run.stored = *counters;
}

void verify_counters(verify_run& run) {
  if (!run.summary.totals_compared)
    return;
  const auto& stored = run.stored;
  const auto& counted = run.counted;
  if (stored.next_job < counted.next_job)
    run.tell("meta counters", "next_job is " + std::to_string(stored.next_job),
             std::to_string(counted.next_job)
               + " or more, as lower numbers are in use");
  for (auto status : job_statuses)
    compare(run, "jobs " + std::string{to_string(status)}, stored.of(status),
            counted.of(status));
  compare(run, "items", stored.items, counted.items);
  compare(run, "dead_letters", stored.dead_letters, counted.dead_letters);
  compare(run, "kept_items", stored.kept_items, counted.kept_items);
  for (auto type : counted_types) {
    const auto& s = stored.of(type);
    const auto& c = counted.of(type);
    auto name = std::string{to_string(type)};
    compare(run, name + " jobs", s.jobs, c.jobs);
    compare(run, name + " completed", s.completed, c.completed);
    compare(run, name + " failed", s.failed, c.failed);
    compare(run, name + " items_processed", s.items_processed,
            c.items_processed);
    compare(run, name + " items_failed", s.items_failed, c.items_failed);
  }
}

} // namespace batch
