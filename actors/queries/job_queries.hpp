// What can be asked about jobs. Plain functions over the store: any thread may
// call them, and they see what is committed.
#pragma once

#include "actors/queries/answer_bytes.hpp"
#include "codecs/dead_letter.hpp"
#include "codecs/job.hpp"
#include "codecs/job_options.hpp"
#include "storage/store.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace batch {

/// An item that failed for good, as its job shows it.
struct job_error {
  uint32_t index = 0;
  /// Without its payload.
  dead_letter letter;
};

struct job_report {
  job_spec spec;
  job_progress progress;
  /// What was ordered of it; nothing if nothing was, or if it has ended.
  std::optional<job_control> control = {};
  /// In input order, at most `inline_errors_max`; only in `find_job`.
  std::vector<job_error> errors;
};

struct job_filter {
  std::optional<job_status> status = {};
  std::optional<job_state> state = {};
  std::optional<job_kind> type = {};
  /// Labels that a job must have, with these values.
  std::map<std::string, std::string> labels = {};
  size_t limit = 0;
  /// Of the page before; empty for the first one.
  std::string cursor = {};
  /// Bytes of input and options of the jobs of a page, about.
  size_t bytes_max = answer_bytes_max;
};

struct job_list {
  std::vector<job_report> jobs;
  /// Empty if this was the last page.
  std::string next_cursor;
};

/// The id of a job from outside. Text that is no job id names no job.
/// Errors: `ec::no_such_job`.
expected<job_id> read_job_id(std::string_view text);

/// The number of a job. Errors: `ec::no_such_job`; `ec::job_gone` if it was
/// deleted not long ago.
expected<uint64_t> find_job_number(const store_reader& store, const job_id& id);

/// Errors: as `find_job_number`.
expected<job_status> find_job_status(const store_reader& store,
                                     const job_id& id);

/// The same, or how a job ended that was deleted not long ago.
/// Errors: `ec::no_such_job`.
expected<job_status> find_last_status(const store_reader& store,
                                      const job_id& id);

/// A job without its errors. Errors: `ec::no_such_job`.
/// @param view what to read from; the present state if null.
expected<job_report> read_job(const store_reader& store, uint64_t number,
                              const snapshot_ptr& view = nullptr);

/// The job with its first errors, both of one point of time.
/// @param view what to read from; the present state if null.
/// Errors: as `find_job_number`.
expected<job_report> find_job(const store_reader& store, const job_id& id,
                              const snapshot_ptr& view = nullptr);

/// Jobs, newest first. A page may hold fewer than `limit` jobs and still have
/// a next one: it ends at about `bytes_max`, and after a bounded number of jobs
/// looked at. Errors: `ec::invalid_request` (cursor).
expected<job_list> list_jobs(const store_reader& store,
                             const job_filter& filter);

/// The statistics, as of the last commit.
expected<service_counters> read_counters(const store_reader& store);

} // namespace batch
