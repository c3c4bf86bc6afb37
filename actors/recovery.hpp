// What a service finds in its store when it starts.
#pragma once

#include "actors/job.hpp"
#include "storage/store.hpp"

#include <set>
#include <vector>

namespace batch {

struct recovered_state {
  /// The right to write; also the upper half of the lease numbers.
  uint64_t term = 0;
  service_counters counters;
  std::vector<open_job> jobs;
  /// Open jobs whose records are damaged.
  std::set<uint64_t> damaged;
};

/// Takes the store over, drops chunks of uploads that were never accepted,
/// and reads the jobs that are open. The work grows with open jobs, not with
/// stored data. A job whose records are damaged is logged and left as it is.
/// Errors: those of the store.
expected<recovered_state> recover(const store_ptr& from);

/// Reads one open job as it is in the store.
expected<open_job> read_open_job(const store_reader& store, uint64_t number);

} // namespace batch
