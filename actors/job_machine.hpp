// The life of one job as a plain state machine: which chunk is next, what an
// outcome means, when a retry is due, what may be ordered, when the job has
// ended. Knows no actors, no clock and no store; the JOB actor drives it.
#pragma once

#include "actors/commit_unit.hpp"
#include "actors/crash_notes.hpp"
#include "actors/waiting_chunk.hpp"
#include "actors/work.hpp"

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

/// What a JOB is started with: a new job has no marks.
struct open_job {
  job_context_ptr context;
  job_control control;
  job_progress progress;
  std::vector<restored_chunk> marked;
};

/// What may be asked of a job that has not ended.
struct job_order {
  enum class kind : uint8_t {
    /// Nothing more is begun; what is being worked on is finished.
    pause = 1,
    resume = 2,
    /// As `pause`, and then the job ends.
    cancel = 3,
    /// The job ends now; what is being worked on has no effect.
    cancel_now = 4,
    /// Sets what is given below.
    change = 5,
  };

  kind what = kind::change;
  std::optional<int32_t> priority = {};
  std::optional<uint32_t> concurrency = {};
  /// Why, in words; empty if somebody asked for it.
  std::string reason = {};

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.what, x.priority, x.concurrency, x.reason);
  }
};

/// Thread-safety: none.
class job_machine {
public:
  job_machine(open_job start, random_source random);

  /// Says that the job is being worked on from now. Nothing if it was already.
  std::optional<commit_unit> begin(moment now);

  /// Says that the jobs that this one waits for have completed.
  commit_unit release(moment now);

  /// Takes the next pieces of work, up to `count`: chunks in order, and
  /// retries that are due.
  std::vector<chunk_ref> take(size_t count, moment now);

  /// Whether a piece was given back or a retry is due: what others wait for.
  bool has_urgent(moment now) const;

  /// Pieces that were taken and whose outcome is not committed.
  size_t outstanding() const { return active_.size(); }

  /// Those of them whose outcome is not in yet.
  size_t in_flight() const;

  /// Whether a piece was given back and waits to be given out again.
  bool has_given_back() const { return !given_back_.empty(); }

  /// Takes back a piece that nobody has begun, to be given out again.
  void give_back(const chunk_ref& ref);

  /// Takes the outcome of a piece. Answers what is to be committed now, in
  /// this order. Outcomes of jobs that write under names are held back until
  /// those before them are in, so that the last item of a name wins.
  /// Outcomes that nobody waits for (late, double) change nothing. A failure
  /// that any item would have (`failure_class::blocked`) pauses the job.
  std::vector<commit_unit> complete(outcome_ptr outcome, moment now);

  /// The items of a chunk that were to be done when the process crashed;
  /// nothing if the item at fault is not to be done any more, or this crash of
  /// it is counted. To be asked before the first piece is taken.
  std::optional<chunk_ref> interrupted(const crash_note& note) const;

  /// Takes the outcome of what `interrupted` has answered: an item that has
  /// crashed the process, and the others left over. The chunk is given out
  /// again when this is in the store.
  commit_unit take_interrupted(const chunk_outcome& outcome, moment now);

  /// Says that a unit answered for this chunk is in the store.
  void committed(uint32_t chunk);

  /// Ends the job if there is nothing left to wait for: one without items, or
  /// one that was cancelled.
  std::optional<commit_unit> settle(moment now);

  /// Obeys an order. Answers what is to be committed.
  /// Errors: `ec::conflict` if the state forbids it; nothing changed then.
  expected<commit_unit> obey(const job_order& order, moment now);

  /// Milliseconds until time alone lets more pieces be taken, 0 if they can be
  /// now; nothing if time is not what is waited for.
  std::optional<time_ms> time_to_next(moment now) const;

  /// True once the unit that ends the job was answered.
  bool has_ended() const { return batch::has_ended(progress_.status); }
  const job_control& control() const { return control_; }
  const job_progress& progress() const { return progress_; }
  const job_context& context() const { return *job_; }

private:
  struct active_piece {
    chunk_ref ref;
    bool outcome_in = false;
    /// `resumes_` when it was given out.
    uint32_t resumes = 0;
    /// What is to be written of it before it is given out again.
    uint32_t units = 1;
  };

  bool may_begin(moment now) const;
  commit_unit new_unit() const;
  commit_unit commit(const chunk_outcome& outcome, moment now);
  void take_failures(const chunk_outcome& outcome,
                     std::map<uint32_t, pending_item>& before,
                     waiting_chunk& waits, commit_unit& unit, moment now);
  void hold_back(const chunk_outcome& outcome, const waiting_chunk& waits);
  void pause_if_blocked(const chunk_outcome& outcome, commit_unit& unit);
  void write_letter(const chunk_outcome& outcome, const item_failure& failure,
                    const pending_item& item, commit_unit& unit, moment now);
  job_state state_at(moment now) const;
  void write_progress(commit_unit& unit, moment now);
  void write_control(commit_unit& unit);
  void move_status(commit_unit& unit, job_status status);
  void end(commit_unit& unit, job_state state, moment now);
  /// Removes the chunks and marks of the job.
  void erase_work(commit_unit& unit) const;

  job_context_ptr job_;
  job_control control_;
  job_progress progress_;
  random_source random_;
  /// Chunks that were marked before a restart, and the highest of them.
  std::set<uint32_t> marked_;
  std::optional<uint32_t> last_marked_;
  /// The next chunk that was never given out.
  uint32_t next_chunk_ = 0;
  /// No chunk is begun before that, in ticks: a piece was throttled whole.
  time_ms held_until_ = 0;
  std::vector<chunk_ref> given_back_;
  std::map<uint32_t, active_piece> active_;
  std::map<uint32_t, waiting_chunk> waiting_;
  /// Chunks whose mark says that nothing is pending.
  uint32_t chunks_done_ = 0;
  /// Times that the job was resumed: what was given out before that may be
  /// blocked by what is mended now.
  uint32_t resumes_ = 0;
  /// First rounds that came in before those of lower chunks.
  std::map<uint32_t, outcome_ptr> held_;
  /// The lowest chunk whose first round is not in, for ordered jobs.
  uint32_t line_ = 0;
};

} // namespace batch
