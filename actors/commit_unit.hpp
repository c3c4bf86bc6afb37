// What the COMMITTER is asked to write.
#pragma once

#include "codecs/job.hpp"
#include "storage/write_batch.hpp"

#include <memory>
#include <optional>

namespace batch {

/// Changes of the statistics. The COMMITTER adds them to the absolute values
/// and writes those in the same batch.
struct counter_changes {
  job_type type = job_type::import_things;
  /// By status, in the order of `job_statuses`.
  std::array<int32_t, job_status_count> jobs{};
  int32_t new_jobs = 0;
  int64_t items_processed = 0;
  int64_t items_failed = 0;
  int64_t dead_letters = 0;
  int64_t kept_items = 0;
  /// The number that the next job gets, if it has to grow; else 0.
  uint64_t next_job = 0;

  int32_t& of(job_status s) { return jobs[static_cast<size_t>(s) - 1]; }

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.type, x.jobs, x.new_jobs, x.items_processed, x.items_failed,
          x.dead_letters, x.kept_items, x.next_job);
  }
};

/// Applies changes to the absolute values.
void apply(const counter_changes& changes, service_counters& counters);

/// Changes that are written together; never split over two batches.
struct commit_unit {
  write_batch changes;
  counter_changes counters;
  /// Answered only when a power cut cannot undo it.
  bool durable = false;
  /// Comes later than items that follow it in their place: records that a
  /// later item or a later job has written since are left as they are.
  bool late = false;
  /// May be refused when the disk is full: nothing was promised yet.
  bool refusable = false;
  /// The job whose marks it writes or, if it ends the job, drops; else 0.
  uint64_t job = 0;
  bool ends_job = false;
  /// Has vectors among its changes.
  bool changes_vectors = false;
  /// The chunk of its job that it completes a round of, if it does.
  std::optional<uint32_t> chunk = {};
};
using commit_unit_ptr = std::shared_ptr<const commit_unit>;

} // namespace batch
