#include "actors/enlisted_worker.hpp"

#include "actors/dead_letters.hpp"
#include "actors/foreign_answer.hpp"

namespace batch {

namespace {

using enlisted_worker_pointer
  = worker_actor::stateful_pointer<enlisted_worker_state>;
using work_ptr = std::shared_ptr<const loaded_work>;

/// Tells what became of a grant, unless its slot was lost meanwhile.
void finish(enlisted_worker_pointer self, const grant& g,
            chunk_outcome outcome) {
  auto title = self->state.titles.find(g.slot);
  if (title == self->state.titles.end())
    return;
  outcome.worker = title->second;
  outcome.node = self->state.node;
  self->send(self->state.dispatcher, atom::done_atom_v, g.slot, g.lease,
             std::make_shared<const chunk_outcome>(std::move(outcome)));
}

/// Nothing of the piece counts, and any of its items may be to blame.
void lose(enlisted_worker_pointer self, const grant& g, const loaded_work& work,
          const error& why) {
  auto outcome = all_failed(work, why);
  outcome.lost = true;
  finish(self, g, std::move(outcome));
}

void take_answer(enlisted_worker_pointer self, const grant& g,
                 const loaded_work& work,
                 const std::vector<foreign_result>& answer) {
  if (auto outcome = read_foreign_answer(work, answer))
    finish(self, g, std::move(*outcome));
  else
    lose(self, g, work, outcome.error());
}

void take_error(enlisted_worker_pointer self, const grant& g,
                const loaded_work& work, const caf::error& why) {
  if (why == caf::sec::request_receiver_down)
    self->quit(why);
  // One that took too long may still be at it: the DISPATCHER, whose time has
  // run out as well, takes the slot out, and renews it when it has rested.
  else if (why != caf::sec::request_timeout)
    lose(self, g, work,
         {ec::internal, "the worker failed: " + from_caf(why).message});
}

void ask(enlisted_worker_pointer self, const grant_ptr& g,
         const work_ptr& work) {
  auto wanted = to_foreign(*work);
  if (wanted.items.empty())
    return take_answer(self, *g, *work, {});
  self
    ->request(self->state.worker, g->job->options.timeout, atom::work_atom_v,
              std::move(wanted))
    .then(
      [=](const std::vector<foreign_result>& answer) {
        take_answer(self, *g, *work, answer);
      },
      [=](const caf::error& why) { take_error(self, *g, *work, why); });
}

void begin(enlisted_worker_pointer self, const grant_ptr& g) {
  auto& st = self->state;
  auto work = load_items(*st.store, g->job, g->ref);
  if (!work) {
    self->send(st.dispatcher, atom::lost_atom_v, g->slot, g->lease,
               std::make_shared<const error>(std::move(work).error()));
    return;
  }
  ask(self, g, std::make_shared<const loaded_work>(std::move(*work)));
}

} // namespace

worker_actor::behavior_type enlisted_worker(enlisted_worker_pointer self,
                                            dispatcher_actor dispatcher,
                                            store_reader_ptr store,
                                            foreign_worker_actor worker,
                                            std::vector<slot_offer> offers) {
  end_by_exceptions(self);
  auto& st = self->state;
  st.store = std::move(store);
  st.dispatcher = std::move(dispatcher);
  st.worker = std::move(worker);
  st.node = offers.front().node;
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->quit(down.reason); });
  self->monitor(st.worker);
  self->monitor(st.dispatcher);
  self
    ->request(st.dispatcher, caf::infinite, atom::enlist_atom_v,
              worker_actor{self}, offers)
    .then(
      [self, offers](const std::vector<slot_number>& numbers) {
        for (size_t i = 0; i < numbers.size(); ++i)
          self->state.titles[numbers[i]] = offers[i].title;
      },
      [self](const caf::error& why) { self->quit(why); });
  return {
    [self](atom::work_atom, const grant_ptr& g) { begin(self, g); },
    [self](atom::renew_atom, slot_number lost, slot_number fresh) {
      auto place = self->state.titles.extract(lost);
      place.key() = fresh;
      self->state.titles.insert(std::move(place));
    },
  };
}

} // namespace batch
