// The slots that the DISPATCHER leases to, come and gone: those of its own
// threads, and those that others have enlisted.
#pragma once

#include "actors/dispatcher.hpp"

namespace batch {

/// Opens the slots of the options, each with a thread.
void open_own_slots(dispatcher_pointer self);

/// Opens slots whose grants go to somebody else.
std::vector<slot_number> enlist_slots(dispatcher_pointer self,
                                      const worker_actor& worker,
                                      const std::vector<slot_offer>& offers);

/// Grants nothing more to an enlisted slot, and takes back what it has not
/// begun.
void retire_slot(dispatcher_pointer self, slot_number slot);

/// Closes a slot that was retired, if it is done with what it worked on.
void close_if_retired(dispatcher_pointer self, slot_number slot);

/// Takes out the slots of a worker that has ended. Our own are replaced, those
/// of others are gone.
void lose_worker(dispatcher_pointer self, const caf::down_msg& down);

/// Takes out the slots that hold a piece longer than its job allows, and has
/// them replaced.
void lose_overdue_slots(dispatcher_pointer self);

/// Replaces a slot that was lost, when it has rested.
void replace_slot(dispatcher_pointer self, slot_number lost);

/// Tells the job of a piece, if there still is one.
template <class... Message>
void tell_job(dispatcher_pointer self, const grant& g, Message&&... message) {
  auto found = self->state.jobs.find(g.job->spec.number);
  if (found != self->state.jobs.end())
    self->send(found->second, std::forward<Message>(message)...);
}

} // namespace batch
