#include "actors/worker_slot.hpp"

#include "actors/dead_letters.hpp"
#include "codecs/fail_point.hpp"

namespace batch {

worker_actor::behavior_type
worker_slot(worker_actor::stateful_pointer<worker_state> self,
            dispatcher_actor dispatcher, slot_number slot,
            worker_factory factory, store_reader_ptr store, std::string title,
            std::string node) {
  end_by_exceptions(self);
  self->state.work = factory();
  return {
    [=](atom::work_atom, const grant_ptr& g) {
      auto work = load_work(*store, g->job, g->ref);
      if (!work) {
        self->send(dispatcher, atom::lost_atom_v, slot, g->lease,
                   std::make_shared<const error>(std::move(work).error()));
        return;
      }
      work_note note{g->job->spec.number, g->ref.chunk};
      auto outcome = std::make_shared<const chunk_outcome>(
        run_worker(*self->state.work, *work, title, node));
      BATCH_FAIL_POINT("worker.done");
      self->send(dispatcher, atom::done_atom_v, slot, g->lease,
                 std::move(outcome));
    },
    // A slot that hangs is replaced by another thread.
    [](atom::renew_atom, slot_number, slot_number) {},
  };
}

} // namespace batch
