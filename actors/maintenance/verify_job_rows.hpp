// The rows of one job after another, as a verification reads them: items,
// marks, results and letters side by side.
#pragma once

#include "actors/maintenance/verify_run.hpp"
#include "codecs/chunk.hpp"

#include <set>
#include <vector>

namespace batch {

/// Rows of a family whose keys begin with the number of a job.
/// Thread-safety: none.
class job_row_walk {
public:
  job_row_walk(verify_run& run, family f)
    : run_(run), family_(f), rows_(run, f) {}

  /// The next row of the job; nothing behind its last one. Rows of lower
  /// numbers have to be passed before. Keys that are none are told of.
  std::optional<page::row> row_of(uint64_t job);
  /// The same, for rows of one chunk.
  std::optional<page::row> row_of(uint64_t job, uint32_t chunk);
  void pass() { rows_.pass(); }
  /// The job of the next row; nothing at the end.
  std::optional<uint64_t> next_job();
  /// Passes all rows of a job. @returns how many.
  uint64_t pass_job(uint64_t job);

private:
  bool has_known_size(std::string_view key) const;
  std::optional<page::row> row();

  verify_run& run_;
  family family_;
  row_walk rows_;
};

/// A job whose rows are being looked at.
struct verified_job {
  job_spec spec;
  job_progress progress;
  /// Nothing if the options cannot be read.
  std::optional<bool> keeps_results;
  /// Counted rows; not compared with the progress if some cannot be read.
  uint64_t results = 0;
  uint64_t letters = 0;
  bool results_are_whole = true;
};

/// What the results of one chunk say.
struct chunk_results {
  uint32_t chunk = 0;
  /// Items that succeeded, ascending.
  std::vector<uint32_t> items;
};

/// The letters of jobs, with their claims. Thread-safety: none.
class letter_walk {
public:
  explicit letter_walk(verify_run& run) : run_(run), rows_(run, family::dead) {}

  /// The item of the next letter of a job; nothing behind its last one.
  std::optional<uint32_t> next_item(uint64_t job);
  /// Looks at the next letter and passes it with its claim.
  /// @param job what it is of; null for messages of the system itself.
  void check(uint64_t number, verified_job* job);

  job_row_walk& rows() { return rows_; }

private:
  void check_record(const std::string& name, std::string_view record,
                    uint32_t item, const verified_job* job, bool& purged);
  void check_claim(const std::string& name, std::string_view value);

  verify_run& run_;
  job_row_walk rows_;
};

/// The results of jobs by chunk. Thread-safety: none.
class results_walk {
public:
  explicit results_walk(verify_run& run)
    : run_(run), rows_(run, family::results) {}

  /// The results of the next chunk of the job; nothing behind its last one.
  std::optional<chunk_results> next(verified_job& job);
  /// Those of one chunk; passes those of the chunks before it.
  chunk_results of(verified_job& job, uint32_t chunk);

  job_row_walk& rows() { return rows_; }

private:
  void check_attempts(const verified_job& job, const page::row& row,
                      const chunk_results& found);

  verify_run& run_;
  job_row_walk rows_;
};

} // namespace batch
