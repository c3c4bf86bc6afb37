#include "actors/commit_unit.hpp"

#include <algorithm>

namespace batch {

void apply(const counter_changes& changes, service_counters& counters) {
  auto add = [](uint64_t& counter, int64_t change) {
    counter += static_cast<uint64_t>(change);
  };
  auto change_of
    = [&](job_status s) { return changes.jobs[static_cast<size_t>(s) - 1]; };
  for (auto status : job_statuses)
    add(counters.of(status), change_of(status));
  auto& type = counters.of(changes.type);
  add(type.jobs, changes.new_jobs);
  add(type.completed, change_of(job_status::completed));
  add(type.failed, change_of(job_status::failed));
  add(type.items_processed, changes.items_processed);
  add(type.items_failed, changes.items_failed);
  add(counters.items, changes.items_processed + changes.items_failed);
  add(counters.dead_letters, changes.dead_letters);
  add(counters.kept_items, changes.kept_items);
  counters.next_job = std::max(counters.next_job, changes.next_job);
}

} // namespace batch
