// Who works on what: worker slots ask for work, jobs offer it, and this table
// brings them together. Knows no actors and no clock; the DISPATCHER actor
// drives it.
//
// Pull with credit: a slot is given no more pieces than it has room for, so
// nothing queues anywhere but here, as small references. Fair between jobs:
// stride scheduling (Waldspurger and Weihl, 1995), by weight. A lease is the
// right of one slot to one piece; its number is never used again, so that an
// outcome under an old number is known to be late and has no effect.
#pragma once

#include "actors/work.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace batch {

using lease_number = uint64_t;
using slot_number = uint64_t;

/// A piece of work on its way to a slot.
struct grant {
  lease_number lease = 0;
  slot_number slot = 0;
  job_context_ptr job;
  chunk_ref ref;
};

/// Thread-safety: none.
class dispatch_table {
public:
  /// @param first_lease above every number of earlier runs.
  explicit dispatch_table(lease_number first_lease = 1)
    : next_lease_(first_lease) {}

  /// A slot that takes up to `credit` pieces of one type at a time.
  /// @param losses of workers in a row at its place: until it has finished a
  /// piece, slots with fewer are served first.
  slot_number add_slot(const job_kind& type, size_t credit,
                       unsigned losses = 0);
  /// The slot is gone. Answers the pieces that it held, in order of grant.
  std::vector<grant> remove_slot(slot_number slot);
  /// The slot gets nothing more. Answers the pieces that it held and has not
  /// begun, in order of grant; the one it works on stays with it.
  std::vector<grant> retire_slot(slot_number slot);

  /// Pieces that a slot holds; 0 if there is no such slot.
  size_t held_by(slot_number slot) const;

  /// Queues pieces of a job.
  /// @param priority of the job from now, as in `job_options`.
  void offer(const job_context_ptr& job, int32_t priority,
             std::vector<chunk_ref> pieces);
  /// Forgets what a job has queued and answers it; what is granted stays
  /// granted.
  std::vector<chunk_ref> withdraw(uint64_t job_number);

  /// Grants as much as the slots have room for. All times are ticks.
  std::vector<grant> assign(time_ms now);

  /// Ends a lease. Answers the piece, or nothing if the slot does not hold
  /// this lease any more.
  std::optional<grant> finish(slot_number slot, lease_number lease,
                              time_ms now);

  /// Slots that hold the piece they work on longer than its job allows. The
  /// caller removes them. A piece that waits behind another one in its slot
  /// has not begun, so its time does not run.
  std::vector<slot_number> overdue(time_ms now) const;

  size_t granted() const { return granted_; }

private:
  struct job_queue {
    job_context_ptr job;
    std::deque<chunk_ref> pieces;
    int32_t priority = 0;
    /// Virtual time at which the job is served next.
    double pass = 0;
  };

  /// The jobs and slots of one type.
  struct pool {
    std::map<uint64_t, job_queue> jobs;
    /// Jobs that have pieces, by pass.
    std::set<std::pair<double, uint64_t>> order;
    /// Slots with room, by load, losses and number.
    std::set<std::tuple<size_t, unsigned, slot_number>> free_slots;
    double now = 0;
  };

  struct slot {
    job_kind type;
    size_t credit;
    unsigned losses;
    /// The first one is being worked on.
    std::deque<grant> held;
    time_ms begun = 0;
  };

  grant grant_next(pool& p, time_ms now);
  void note_room(slot_number number, const slot& s);
  void forget_room(slot_number number, const slot& s);

  lease_number next_lease_;
  slot_number next_slot_ = 1;
  std::map<job_kind, pool> pools_;
  std::map<slot_number, slot> slots_;
  size_t granted_ = 0;
};

} // namespace batch
