#include "actors/slots.hpp"

#include "actors/worker_slot.hpp"
#include "codecs/fail_point.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using slot = dispatcher_state::slot;

/// Threads that may hang before lost workers are not replaced any more, until
/// one of them comes back.
constexpr size_t hanging_max = 64;

worker_actor spawn_worker(dispatcher_pointer self, slot_number number,
                          const slot& s) {
  auto& st = self->state;
  const auto& factory = st.options.workers.at(s.type.base);
  dispatcher_actor me{self};
  if (st.options.detached)
    return self->spawn<caf::detached + caf::monitored>(
      worker_slot, me, number, factory, st.store, s.title, s.node);
  return self->spawn<caf::monitored>(worker_slot, me, number, factory, st.store,
                                     s.title, s.node);
}

slot_number open_slot(dispatcher_pointer self, slot s) {
  auto& st = self->state;
  auto number = st.table.add_slot(s.type, s.credit, s.losses);
  if (s.is_own)
    s.worker = spawn_worker(self, number, s);
  st.slots[number] = std::move(s);
  return number;
}

/// Opens the place of a lost slot again.
void reopen(dispatcher_pointer self, slot_number lost, slot s) {
  auto worker = s.worker;
  auto is_own = s.is_own;
  auto fresh = open_slot(self, std::move(s));
  if (!is_own)
    self->send(worker, atom::renew_atom_v, lost, fresh);
}

/// Replaces a lost slot: at once the first time, later ever later.
void let_rest(dispatcher_pointer self, slot_number lost, slot s) {
  auto& st = self->state;
  if (++s.losses == 1)
    return reopen(self, lost, std::move(s));
  auto pause = st.options.restart_pause * (1 << std::min(s.losses - 2, 16U));
  pause = std::min(pause, st.options.restart_pause_max);
  st.resting[lost] = std::move(s);
  self->delayed_send(self, pause, atom::restart_atom_v, lost);
}

/// Takes a slot out: the piece it worked on is lost, those behind it were not
/// begun and go back. One that was retired hands everything back: it was told
/// to end.
slot take_out(dispatcher_pointer self, slot_number number, const error& why) {
  auto& st = self->state;
  auto gone = std::move(st.slots.extract(number).mapped());
  spdlog::warn("worker {} of {} is lost: {}", gone.title, gone.node,
               why.message);
  BATCH_FAIL_POINT("dispatcher.lease_lost");
  auto held = st.table.remove_slot(number);
  for (size_t i = 0; i < held.size(); ++i)
    if (i == 0 && !gone.is_retired)
      tell_job(self, held[i], atom::lost_atom_v, held[i].ref,
               std::make_shared<const error>(why), gone.title, gone.node);
    else
      tell_job(self, held[i], atom::returned_atom_v, held[i].ref);
  return gone;
}

} // namespace

void open_own_slots(dispatcher_pointer self) {
  const auto& o = self->state.options;
  for (auto [type, count] : o.slots)
    for (size_t i = 1; i <= count && o.workers.contains(type); ++i) {
      slot s;
      s.type = type;
      s.title = std::string{pool_name(type)} + "-" + std::to_string(i);
      s.node = o.node;
      s.credit = o.slot_credit;
      s.is_own = true;
      open_slot(self, std::move(s));
    }
}

std::vector<slot_number> enlist_slots(dispatcher_pointer self,
                                      const worker_actor& worker,
                                      const std::vector<slot_offer>& offers) {
  std::vector<slot_number> numbers;
  for (const auto& offer : offers) {
    slot s;
    s.worker = worker;
    s.type = {offer.type, offer.custom};
    s.title = offer.title;
    s.node = offer.node;
    s.credit = offer.credit;
    numbers.push_back(open_slot(self, std::move(s)));
  }
  self->monitor(worker);
  return numbers;
}

void retire_slot(dispatcher_pointer self, slot_number number) {
  auto& st = self->state;
  st.resting.erase(number);
  auto found = st.slots.find(number);
  if (found == st.slots.end() || found->second.is_own)
    return;
  found->second.is_retired = true;
  for (const auto& g : st.table.retire_slot(number))
    tell_job(self, g, atom::returned_atom_v, g.ref);
  close_if_retired(self, number);
}

void close_if_retired(dispatcher_pointer self, slot_number number) {
  auto& st = self->state;
  auto found = st.slots.find(number);
  if (found == st.slots.end() || !found->second.is_retired
      || st.table.held_by(number) > 0)
    return;
  st.table.remove_slot(number);
  st.slots.erase(found);
}

void lose_worker(dispatcher_pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  if (st.hanging.erase(down.source) > 0)
    return;
  auto is_its
    = [&](const auto& x) { return x.second.worker.address() == down.source; };
  std::erase_if(st.resting, is_its);
  std::vector<slot_number> lost;
  for (const auto& x : st.slots)
    if (is_its(x))
      lost.push_back(x.first);
  for (auto number : lost) {
    auto gone = take_out(
      self, number,
      {ec::worker_lost, "the worker ended: " + caf::to_string(down.reason)});
    if (gone.is_own)
      let_rest(self, number, std::move(gone));
  }
}

void lose_overdue_slots(dispatcher_pointer self) {
  auto& st = self->state;
  for (auto number : st.table.overdue(st.options.clock().ticks)) {
    auto gone
      = take_out(self, number,
                 {ec::timed_out, "the chunk took longer than its timeoutMs"});
    // A thread that hangs cannot be ended; it ends by itself when it comes
    // back, and what it then says is too late.
    if (gone.is_own) {
      self->send_exit(gone.worker, caf::exit_reason::user_shutdown);
      st.hanging.insert(gone.worker.address());
    }
    if (!gone.is_retired)
      let_rest(self, number, std::move(gone));
  }
}

void replace_slot(dispatcher_pointer self, slot_number lost) {
  auto& st = self->state;
  auto found = st.resting.find(lost);
  if (found == st.resting.end())
    return;
  if (found->second.is_own && st.hanging.size() >= hanging_max) {
    self->delayed_send(self, st.options.restart_pause_max, atom::restart_atom_v,
                       lost);
    return;
  }
  reopen(self, lost, std::move(st.resting.extract(found).mapped()));
}

} // namespace batch
