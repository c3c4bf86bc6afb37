#include "actors/dispatcher.hpp"

#include "actors/dead_letters.hpp"
#include "actors/slots.hpp"
#include "codecs/fail_point.hpp"

#include <set>
#include <string_view>

namespace batch {

namespace {

void send_grants(dispatcher_pointer self) {
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

void answer_stop(dispatcher_pointer self) {
  auto& st = self->state;
  if (st.table.granted() > 0)
    return;
  for (auto& done : st.waiting_for_stop)
    fulfil(done);
  st.waiting_for_stop.clear();
}

std::optional<grant> end_lease(dispatcher_pointer self, slot_number slot,
                               lease_number lease) {
  return self->state.table.finish(slot, lease,
                                  self->state.options.clock().ticks);
}

/// Nodes whose items are counted, beside those that have slots: nodes come and
/// go, and their names may be random.
constexpr size_t counted_nodes_max = 1000;

void count_items(dispatcher_state& st, const std::string& node, size_t items) {
  if (st.items.size() >= counted_nodes_max && !st.items.contains(node)) {
    std::set<std::string_view> present;
    for (const auto& [number, slot] : st.slots)
      present.insert(slot.node);
    std::erase_if(st.items,
                  [&](const auto& x) { return !present.contains(x.first); });
  }
  st.items[node] += items;
}

node_loads loads_of(const dispatcher_state& st) {
  node_loads loads;
  for (const auto& [node, items] : st.items)
    loads[node].items = items;
  for (const auto& [number, slot] : st.slots)
    loads[slot.node].pieces += static_cast<uint32_t>(st.table.held_by(number));
  return loads;
}

} // namespace

dispatcher_actor::behavior_type dispatcher(dispatcher_pointer self,
                                           service_options options,
                                           store_reader_ptr store,
                                           lease_number first_lease) {
  auto& st = self->state;
  st.options = std::move(options);
  follow_house_rules(self, st.options.on_stray);
  st.store = std::move(store);
  st.table = dispatch_table{first_lease};
  self->set_down_handler([self](const caf::down_msg& down) {
    lose_worker(self, down);
    send_grants(self);
    answer_stop(self);
  });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    for (auto& [number, slot] : self->state.slots)
      if (slot.is_own)
        self->send_exit(slot.worker, x.reason);
    self->quit(x.reason);
  });
  open_own_slots(self);
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
      if (auto g = end_lease(self, slot, lease)) {
        auto& at = self->state.slots.at(slot);
        at.losses = 0;
        count_items(self->state, at.node,
                    outcome->done.size() + outcome->failures.size());
        BATCH_FAIL_POINT("dispatcher.outcome_in");
        tell_job(self, *g, atom::done_atom_v, outcome);
        close_if_retired(self, slot);
      }
      send_grants(self);
      answer_stop(self);
    },
    [self](atom::lost_atom, slot_number slot, lease_number lease,
           const error_ptr& why) {
      if (auto g = end_lease(self, slot, lease)) {
        const auto& at = self->state.slots.at(slot);
        tell_job(self, *g, atom::lost_atom_v, g->ref, why, at.title, at.node);
        close_if_retired(self, slot);
      }
      send_grants(self);
      answer_stop(self);
    },
    [self](atom::enlist_atom, const worker_actor& worker,
           const std::vector<slot_offer>& offers)
      -> caf::result<std::vector<slot_number>> {
      auto answer = self->make_response_promise<std::vector<slot_number>>();
      answer.deliver(enlist_slots(self, worker, offers));
      send_grants(self);
      return answer;
    },
    [self](atom::retire_atom, const std::vector<slot_number>& slots) {
      for (auto slot : slots)
        retire_slot(self, slot);
      send_grants(self);
    },
    [self](atom::load_atom) { return loads_of(self->state); },
    [self](atom::stop_atom) -> caf::result<void> {
      self->state.stopping = true;
      auto done = self->make_response_promise<void>();
      self->state.waiting_for_stop.push_back(done);
      answer_stop(self);
      return done;
    },
    [self](atom::tick_atom) {
      lose_overdue_slots(self);
      send_grants(self);
      answer_stop(self);
      self->delayed_send(self, self->state.options.lease_tick,
                         atom::tick_atom_v);
    },
    [self](atom::restart_atom, slot_number lost) {
      replace_slot(self, lost);
      send_grants(self);
    },
  };
}

} // namespace batch
