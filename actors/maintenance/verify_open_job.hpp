// A job that has not ended: its items, and what became of each so far.
#pragma once

#include "actors/maintenance/verify_job_rows.hpp"

namespace batch {

/// Thread-safety: none.
class open_job_check {
public:
  open_job_check(verify_run& run, verified_job& job, job_row_walk& chunks,
                 job_row_walk& marks, results_walk& results,
                 letter_walk& letters)
    : run_(run), job_(job), chunks_(chunks), marks_(marks), results_(results),
      letters_(letters) {}

  /// Walks the chunks of the job.
  void check();

private:
  /// What is known of the items of a chunk: bits of `state`, by offset.
  struct chunk_items {
    uint32_t chunk = 0;
    uint32_t first = 0;
    std::optional<chunk_mark> mark;
    std::vector<uint8_t> states;
    /// False if a row of it could not be read.
    bool is_whole = true;
  };
  enum state : uint8_t { pending = 1, dead = 2, succeeded = 4 };

  std::string name_of(family f, uint32_t chunk) const;
  void check_chunk(uint32_t chunk, std::string_view record);
  void skip_chunk(uint32_t chunk);
  void check_letters_claimed(const batch::chunk& items, uint32_t chunk);
  void read_marks(chunk_items& x);
  void read_outcomes(chunk_items& x);
  void check_states(const chunk_items& x);
  void check_mark(const chunk_items& x);
  void check_sums();

  verify_run& run_;
  verified_job& job_;
  job_row_walk& chunks_;
  job_row_walk& marks_;
  results_walk& results_;
  letter_walk& letters_;
  uint64_t items_ = 0;
  uint64_t processed_ = 0;
  uint64_t retrying_ = 0;
  /// The first item of the next chunk; nothing if a chunk could not be read.
  std::optional<uint64_t> next_first_ = 0;
  /// False if something could not be read: the sums say nothing then.
  bool is_whole_ = true;
};

} // namespace batch
