// The life of one job as a plain state machine: which chunk is next, what an
// outcome means, when a retry is due, when the job has ended. Knows no actors,
// no clock and no store; the JOB actor drives it.
#pragma once

#include "actors/commit_unit.hpp"
#include "actors/work.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace batch {

/// What is known of a chunk after a restart.
struct restored_chunk {
  uint32_t chunk = 0;
  chunk_mark mark;
  /// By offset.
  std::map<uint32_t, pending_item> pending;
};

/// Answers a number of [0, 1), for the jitter of delays.
using random_source = std::function<double()>;

/// Thread-safety: none.
class job_machine {
public:
  /// @param progress as it was stored last.
  /// @param marked the chunks that have a mark.
  job_machine(job_context_ptr job, job_progress progress,
              std::vector<restored_chunk> marked, random_source random);

  /// Says that the job is being worked on from now. Nothing if it was already.
  std::optional<commit_unit> begin(time_ms now);

  /// Takes the next pieces of work, up to `count`: chunks in order, and
  /// retries that are due.
  std::vector<chunk_ref> take(size_t count, time_ms now);

  /// Whether a piece was given back or a retry is due: what others wait for.
  bool has_urgent(time_ms now) const;

  /// Pieces that were taken and whose outcome is not committed.
  size_t outstanding() const { return active_.size(); }

  /// Takes back a piece that nobody has begun, to be given out again.
  void give_back(const chunk_ref& ref);

  /// Takes the outcome of a piece. Answers what is to be committed now, in
  /// this order. Outcomes of jobs that write under names are held back until
  /// those before them are in, so that the last item of a name wins.
  /// Outcomes that nobody waits for (late, double) change nothing.
  std::vector<commit_unit> complete(outcome_ptr outcome, time_ms now);

  /// Says that a unit answered by `complete` for this chunk is in the store.
  void committed(uint32_t chunk);

  /// The units that end a job without items.
  std::optional<commit_unit> end_if_empty(time_ms now);

  /// When the next retry is due; nothing if none waits.
  std::optional<time_ms> next_due() const;

  /// True once the unit that ends the job was answered.
  bool has_ended() const { return batch::has_ended(progress_.status); }
  const job_progress& progress() const { return progress_; }
  const job_context& context() const { return *job_; }

private:
  /// A chunk with items that wait for another round.
  struct waiting_chunk {
    uint16_t rounds = 0;
    std::map<uint32_t, pending_item> pending;
    time_ms due = 0;
  };

  struct active_piece {
    chunk_ref ref;
    bool outcome_in = false;
  };

  commit_unit commit(const chunk_outcome& outcome, time_ms now);
  /// Decides for one failed item: another try, or a dead letter.
  void take_failure(const chunk_outcome& outcome, const item_failure& failure,
                    waiting_chunk& waits, std::vector<attempt> earlier,
                    commit_unit& unit, time_ms now);
  time_ms retry_delay(size_t attempts);
  void write_progress(commit_unit& unit, time_ms now);
  void move_status(commit_unit& unit, job_status status, job_state state);
  void end(commit_unit& unit, time_ms now);

  job_context_ptr job_;
  job_progress progress_;
  random_source random_;
  /// Chunks that were marked before a restart, and the highest of them.
  std::set<uint32_t> marked_;
  std::optional<uint32_t> last_marked_;
  /// The next chunk that was never given out.
  uint32_t next_chunk_ = 0;
  std::vector<chunk_ref> given_back_;
  std::map<uint32_t, active_piece> active_;
  std::map<uint32_t, waiting_chunk> waiting_;
  /// Chunks whose mark says that nothing is pending.
  uint32_t chunks_done_ = 0;
  /// First rounds that came in before those of lower chunks.
  std::map<uint32_t, outcome_ptr> held_;
  /// The lowest chunk whose first round is not in, for ordered jobs.
  uint32_t line_ = 0;
};

} // namespace batch
