// What the slots of a node hold. Knows no actors; the NODE drives it.
#pragma once

#include "actors/cluster/interfaces.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace batch {

/// Each slot works on one task; others wait behind it, in order, until it is
/// done, so that they can still be taken back. Thread-safety: none.
class node_slots {
public:
  using place = uint32_t;

  explicit node_slots(size_t count = 0) : slots_(count) {}

  /// A new session: what waited is dropped; what is being worked on goes on,
  /// and its result will be of no use.
  void begin_session(const std::vector<slot_number>& numbers);
  void end_session();

  /// The place of the slot with this number.
  std::optional<place> find(slot_number number) const;

  /// @returns the task if the slot is to begin it now.
  node_task_ptr add(place at, node_task_ptr task);

  /// The slot is done. @returns what it is to begin next, if anything.
  node_task_ptr next(place at);

  /// The thread of the slot is replaced, and the slot has a new number: it is
  /// free, and what waited in it is dropped.
  void renew(place at, slot_number fresh);

  /// Drops what waits. @returns the leases of it.
  std::vector<uint64_t> drop_waiting();

  /// What the slot works on.
  node_task_ptr running(place at) const { return slots_[at].running; }
  uint32_t running_count() const;
  uint32_t waiting_count() const;

private:
  struct slot {
    slot_number number = 0;
    node_task_ptr running;
    std::deque<node_task_ptr> waiting;
  };
  std::vector<slot> slots_;
};

} // namespace batch
