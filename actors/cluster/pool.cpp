#include "actors/cluster/pool.hpp"

#include "actors/cluster/wire_work.hpp"
#include "actors/dead_letters.hpp"
#include "codecs/utf8.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using pool_pointer = pool_actor::stateful_pointer<pool_state>;

void report_lost(pool_pointer self, slot_number slot, lease_number lease,
                 error why) {
  self->send(self->state.dispatcher, atom::lost_atom_v, slot, lease,
             std::make_shared<const error>(std::move(why)));
}

/// Tells what of a slot could not be sent, unless something before it is still
/// being worked on: the DISPATCHER knows a slot's pieces by their order.
void report_faults(pool_pointer self, slot_number slot) {
  auto& sent = self->state.sent;
  for (;;) {
    auto first = std::ranges::find(sent, slot,
                                   [](const auto& x) { return x.second.slot; });
    if (first == sent.end() || !first->second.fault)
      return;
    auto piece = sent.extract(first);
    report_lost(self, slot, piece.key(), std::move(*piece.mapped().fault));
  }
}

/// Sends the work of a grant to the node.
void pass_on(pool_pointer self, const grant& g) {
  auto& st = self->state;
  auto work = load_work(*st.store, g.job, g.ref);
  if (!work) {
    st.sent[g.lease] = {g.slot, {}, std::move(work).error()};
    return report_faults(self, g.slot);
  }
  send_framed(g.lease, g.slot, encode_work(*work), [&](frame x) {
    self->send(st.node, atom::work_atom_v, std::move(x));
  });
  // Only what the outcome is checked against is kept.
  for (auto& item : work->items)
    item.thing.reset();
  work->things.clear();
  st.sent[g.lease] = {g.slot, std::move(*work), {}};
}

/// Takes what the node has of a lease. @returns nothing if it has it no more,
/// or never got it.
std::optional<pool_state::sent_piece> take_piece(pool_pointer self,
                                                 lease_number lease) {
  auto& st = self->state;
  st.outcomes.drop(lease);
  auto found = st.sent.find(lease);
  if (found == st.sent.end() || found->second.fault)
    return std::nullopt;
  auto piece = std::move(found->second);
  st.sent.erase(found);
  return piece;
}

void take_outcome(pool_pointer self, lease_number lease,
                  const std::string& bytes) {
  auto& st = self->state;
  auto piece = take_piece(self, lease);
  if (!piece)
    return;
  if (auto outcome = decode_outcome(bytes, piece->work)) {
    self->send(st.dispatcher, atom::done_atom_v, piece->slot, lease,
               std::make_shared<const chunk_outcome>(std::move(*outcome)));
  } else {
    spdlog::error("node {}: {}", st.node_name, outcome.error().message);
    report_lost(self, piece->slot, lease,
                {ec::worker_lost, outcome.error().message});
  }
  report_faults(self, piece->slot);
}

/// The slots of a hello, one by one.
std::vector<slot_offer> offers_of(const node_hello& hello, size_t credit) {
  std::vector<slot_offer> offers;
  for (auto [type, count] : hello.slots)
    for (uint32_t i = 1; i <= count; ++i) {
      slot_offer offer;
      offer.type = type;
      offer.title = std::string{pool_name(type)} + "-" + std::to_string(i);
      offer.node = hello.name;
      offer.credit = credit;
      offers.push_back(std::move(offer));
    }
  return offers;
}

} // namespace

pool_actor::behavior_type pool(pool_pointer self, service_options options,
                               store_reader_ptr store,
                               dispatcher_actor dispatcher, node_actor node,
                               const node_hello& hello,
                               std::function<void()> heard) {
  auto& st = self->state;
  follow_house_rules(self, options.on_stray);
  st.store = std::move(store);
  st.dispatcher = std::move(dispatcher);
  st.node = std::move(node);
  st.node_name = hello.name;
  st.offers = offers_of(hello, options.slot_credit);
  st.heard = std::move(heard);
  // Its owner ends it; should that have failed, the service ends it.
  self->set_down_handler(
    [self](const caf::down_msg& down) { self->quit(down.reason); });
  self->monitor(st.dispatcher);
  return {
    [self](atom::work_atom, const grant_ptr& g) {
      if (self->state.is_ready)
        pass_on(self, *g);
      else
        self->state.early.push_back(g);
    },
    [self](atom::renew_atom, slot_number old, slot_number fresh) {
      auto& state = self->state;
      std::erase_if(state.sent, [&](const auto& x) {
        if (x.second.slot != old)
          return false;
        state.outcomes.drop(x.first);
        return true;
      });
      std::ranges::replace(state.slots, old, fresh);
      self->send(state.node, atom::renew_atom_v, old, fresh);
    },
    [self, timeout = options.request_timeout](
      atom::enlist_atom) -> caf::result<std::vector<slot_number>> {
      auto& state = self->state;
      auto answer = self->make_response_promise<std::vector<slot_number>>();
      self
        ->request(state.dispatcher, timeout, atom::enlist_atom_v,
                  worker_actor{self}, state.offers)
        .then(
          [self, answer](const std::vector<slot_number>& slots) mutable {
            self->state.slots = slots;
            answer.deliver(slots);
          },
          [answer](const caf::error& why) mutable { answer.deliver(why); });
      return answer;
    },
    [self](atom::retire_atom) {
      self->send(self->state.dispatcher, atom::retire_atom_v,
                 self->state.slots);
    },
    [self](atom::ready_atom) {
      self->state.is_ready = true;
      for (const auto& g : std::exchange(self->state.early, {}))
        pass_on(self, *g);
    },
    [self](atom::done_atom, const frame& x) {
      auto& state = self->state;
      state.heard();
      // A late one: somebody else has the piece by now.
      if (!state.sent.contains(x.lease))
        return state.outcomes.drop(x.lease);
      if (auto bytes = state.outcomes.add(x))
        take_outcome(self, x.lease, *bytes);
    },
    [self](atom::lost_atom, lease_number lease, const std::string& why) {
      self->state.heard();
      auto piece = take_piece(self, lease);
      if (!piece)
        return;
      report_lost(self, piece->slot, lease, {ec::worker_lost, to_message(why)});
      report_faults(self, piece->slot);
    },
  };
}

} // namespace batch
