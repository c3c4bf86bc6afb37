#include "actors/cluster/node_slot.hpp"

#include "actors/cluster/wire_work.hpp"
#include "actors/dead_letters.hpp"

namespace batch {

node_slot_actor::behavior_type
node_slot(node_slot_actor::stateful_pointer<node_slot_state> self,
          node_actor node, uint32_t place, worker_factory factory,
          std::string title, std::string node_name) {
  end_by_exceptions(self);
  self->state.work = factory();
  return {
    [=](atom::work_atom, const node_task_ptr& task) {
      auto result = std::make_shared<node_result>();
      result->session = task->session;
      result->lease = task->lease;
      result->slot = task->slot;
      if (auto work = decode_work(task->work, self->state.job)) {
        result->outcome = encode_outcome(
          run_worker(*self->state.work, *work, title, node_name));
      } else {
        result->fault = work.error().message;
      }
      self->send(node, atom::done_atom_v, place,
                 node_result_ptr{std::move(result)});
    },
  };
}

} // namespace batch
