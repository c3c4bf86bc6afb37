#include "actors/dispatcher.hpp"

#include "actors/dead_letters.hpp"
#include "actors/worker_slot.hpp"
#include "codecs/fail_point.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using self_pointer = dispatcher_actor::stateful_pointer<dispatcher_state>;

/// Threads that may hang before lost workers are not replaced any more, until
/// one of them comes back.
constexpr size_t hanging_max = 64;

std::string pool_name(job_type type) {
  switch (type) {
  case job_type::import_things:
    return "import";
  case job_type::import_relationships:
    return "relate";
  case job_type::generate_embeddings:
    return "embed";
  case job_type::export_things:
    return "export";
  case job_type::transform_data:
    return "transform";
  }
  return "worker";
}

void spawn_slot(self_pointer self, job_type type, std::string title) {
  auto& st = self->state;
  auto factory = st.options.workers.find(type);
  if (factory == st.options.workers.end())
    return;
  auto slot = st.table.add_slot(type, st.options.slot_credit);
  dispatcher_actor me{self};
  auto worker
    = st.options.detached
        ? self->spawn<caf::detached + caf::monitored>(worker_slot, me, slot,
                                                      factory->second, st.store,
                                                      title, st.options.node)
        : self->spawn<caf::monitored>(worker_slot, me, slot, factory->second,
                                      st.store, title, st.options.node);
  st.slots[slot] = {worker, type, std::move(title)};
}

void send_grants(self_pointer self) {
  auto& st = self->state;
  if (st.stopping)
    return;
  for (auto& g : st.table.assign(st.options.clock().ticks)) {
    auto number = g.job->spec.number;
    if (st.begun.insert(number).second)
      self->send(st.jobs.at(number), atom::begun_atom_v);
    BATCH_FAIL_POINT("dispatcher.before_grant");
    auto worker = st.slots.at(g.slot).worker;
    self->send(worker, atom::work_atom_v,
               std::make_shared<const grant>(std::move(g)));
  }
}

void answer_stop(self_pointer self) {
  auto& st = self->state;
  if (st.table.granted() > 0)
    return;
  for (auto& done : st.waiting_for_stop)
    fulfil(done);
  st.waiting_for_stop.clear();
}

/// Tells the job of a piece, if there still is one.
template <class... Message>
void tell_job(self_pointer self, const grant& g, Message&&... message) {
  auto found = self->state.jobs.find(g.job->spec.number);
  if (found != self->state.jobs.end())
    self->send(found->second, std::forward<Message>(message)...);
}

/// Replaces the worker of a title: at once the first time, later ever later.
void replace_slot(self_pointer self, job_type type, std::string title) {
  auto& st = self->state;
  auto losses = ++st.losses[title];
  if (losses == 1) {
    spawn_slot(self, type, std::move(title));
    return;
  }
  auto pause = st.options.restart_pause * (1 << std::min(losses - 2, 16U));
  pause = std::min(pause, st.options.restart_pause_max);
  self->delayed_send(self, pause, atom::restart_atom_v, type, std::move(title));
}

/// Takes a slot out: the piece it worked on is lost, those behind it were not
/// begun and go back.
void lose_slot(self_pointer self, slot_number number, const error& why) {
  auto& st = self->state;
  auto found = st.slots.find(number);
  if (found == st.slots.end())
    return;
  auto [worker, type, title] = std::move(found->second);
  st.slots.erase(found);
  spdlog::warn("worker {} is lost: {}", title, why.message);
  BATCH_FAIL_POINT("dispatcher.lease_lost");
  auto held = st.table.remove_slot(number);
  for (size_t i = 0; i < held.size(); ++i)
    if (i == 0)
      tell_job(self, held[i], atom::lost_atom_v, held[i].ref,
               std::make_shared<const error>(why), title);
    else
      tell_job(self, held[i], atom::returned_atom_v, held[i].ref);
  // The thread of a slot that hangs cannot be ended; it ends by itself when
  // it comes back, and what it then says is too late.
  self->send_exit(worker, caf::exit_reason::user_shutdown);
  st.hanging.insert(worker.address());
  replace_slot(self, type, std::move(title));
}

void end_overdue_leases(self_pointer self) {
  for (auto slot : self->state.table.overdue(self->state.options.clock().ticks))
    lose_slot(self, slot,
              {ec::timed_out, "the chunk took longer than its timeoutMs"});
}

} // namespace

dispatcher_actor::behavior_type dispatcher(self_pointer self,
                                           service_options options,
                                           store_reader_ptr store,
                                           lease_number first_lease) {
  auto& st = self->state;
  st.options = std::move(options);
  follow_house_rules(self, st.options.on_stray);
  st.store = std::move(store);
  st.table = dispatch_table{first_lease};
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.hanging.erase(down.source) > 0)
      return;
    for (const auto& [number, slot] : self->state.slots)
      if (slot.worker.address() == down.source) {
        lose_slot(self, number,
                  {ec::worker_lost,
                   "the worker ended: " + caf::to_string(down.reason)});
        // It has ended already.
        self->state.hanging.erase(down.source);
        break;
      }
    send_grants(self);
    answer_stop(self);
  });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    for (auto& [number, slot] : self->state.slots)
      self->send_exit(slot.worker, x.reason);
    self->quit(x.reason);
  });
  for (auto [type, count] : st.options.slots)
    for (size_t i = 1; i <= count; ++i)
      spawn_slot(self, type, pool_name(type) + "-" + std::to_string(i));
  self->delayed_send(self, st.options.lease_tick, atom::tick_atom_v);
  return {
    [self](atom::offer_atom, const job_actor& job, const offer_ptr& offer) {
      self->state.jobs[offer->job->spec.number] = job;
      self->state.table.offer(offer->job, offer->priority, offer->pieces);
      send_grants(self);
    },
    [self](atom::recall_atom, uint64_t job) {
      auto found = self->state.jobs.find(job);
      for (const auto& ref : self->state.table.withdraw(job))
        if (found != self->state.jobs.end())
          self->send(found->second, atom::returned_atom_v, ref);
    },
    [self](atom::withdraw_atom, uint64_t job) {
      self->state.table.withdraw(job);
      self->state.jobs.erase(job);
      self->state.begun.erase(job);
    },
    [self](atom::done_atom, slot_number slot, lease_number lease,
           const outcome_ptr& outcome) {
      if (auto g = self->state.table.finish(
            slot, lease, self->state.options.clock().ticks)) {
        self->state.losses.erase(self->state.slots.at(slot).title);
        BATCH_FAIL_POINT("dispatcher.outcome_in");
        tell_job(self, *g, atom::done_atom_v, outcome);
      }
      send_grants(self);
      answer_stop(self);
    },
    [self](atom::lost_atom, slot_number slot, lease_number lease,
           const error_ptr& why) {
      if (auto g = self->state.table.finish(slot, lease,
                                            self->state.options.clock().ticks))
        tell_job(self, *g, atom::lost_atom_v, g->ref, why,
                 self->state.slots.at(slot).title);
      send_grants(self);
      answer_stop(self);
    },
    [self](atom::stop_atom) -> caf::result<void> {
      self->state.stopping = true;
      auto done = self->make_response_promise<void>();
      self->state.waiting_for_stop.push_back(done);
      answer_stop(self);
      return done;
    },
    [self](atom::tick_atom) {
      end_overdue_leases(self);
      send_grants(self);
      answer_stop(self);
      self->delayed_send(self, self->state.options.lease_tick,
                         atom::tick_atom_v);
    },
    [self](atom::restart_atom, job_type type, const std::string& title) {
      auto& state = self->state;
      if (state.hanging.size() < hanging_max)
        spawn_slot(self, type, title);
      else
        self->delayed_send(self, state.options.restart_pause_max,
                           atom::restart_atom_v, type, title);
      send_grants(self);
    },
  };
}

} // namespace batch
