#include "actors/api/service_end.hpp"

#include <thread>

namespace batch::api {

namespace {

/// The longest that calls which are being made are waited for. They fail when
/// the actors behind have ended.
constexpr std::chrono::seconds calls_limit{3};

/// For threads of actors that have told their end to be gone. CAF 0.17.6 waits
/// for ever for one that goes when the clock of its system has stopped, and
/// whoever waits for us may stop that next. Source: they take less than 1 ms;
/// twenty times that on a busy machine.
constexpr std::chrono::milliseconds farewell{20};

/// What is left of a service when nobody calls any more.
struct ending {
  batch::service core;
  api_context_ptr context;
};

/// Blocks until the actors behind have ended and, if nobody else has it, the
/// store is closed.
void end(caf::actor_system& system, ending& x) {
  auto limit = x.context->options.drain_limit;
  stop_service(system, x.core, limit);
  if (!x.context->options.closes_store)
    return;
  auto store = std::move(x.context->store);
  x.context.reset();
  // Workers give it back when they have ended, a moment later; but one that
  // hangs keeps it.
  auto latest = std::chrono::steady_clock::now() + limit;
  while (store.use_count() > 1 && std::chrono::steady_clock::now() < latest)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

template <class Visit>
void for_each_actor(const batch::service& core, Visit&& visit) {
  visit(core.supervisor.address());
  visit(core.dispatcher.address());
  visit(core.committer.address());
  visit(core.dead_letters.address());
  visit(core.cluster.address());
  if (core.retention)
    visit(core.retention.address());
}

} // namespace

void begin_end(service_role_pointer self, caf::error reason) {
  auto& st = self->state;
  if (st.is_ending)
    return;
  st.is_ending = true;
  st.reason = std::move(reason);
  for (const auto& helper : *st.helpers)
    if (auto actor = caf::actor_cast<caf::actor>(helper))
      self->send_exit(actor, caf::exit_reason::user_shutdown);
  self->delayed_send(self, calls_limit, atom::stop_atom_v);
  go_on_ending(self);
}

void stop_core(service_role_pointer self) {
  auto& st = self->state;
  if (!st.core)
    return;
  auto what = std::make_shared<ending>();
  what->core = std::move(*st.core);
  what->context = std::move(st.context);
  st.core.reset();
  auto ender = self->spawn<caf::monitored + caf::detached>(
    [what](caf::event_based_actor* me) { end(me->system(), *what); });
  st.helpers->insert(ender.address());
}

void go_on_ending(service_role_pointer self) {
  auto& st = self->state;
  if (!st.is_ending || !st.helpers->empty())
    return;
  if (st.core)
    stop_core(self);
  else if (!std::exchange(st.is_leaving, true))
    self->delayed_send(self, farewell, atom::stop_atom_v);
}

void end_all_with(service_role_pointer self) {
  auto core = std::make_shared<std::vector<caf::actor_addr>>();
  for_each_actor(*self->state.core, [&](const caf::actor_addr& x) {
    self->monitor(x);
    core->push_back(x);
  });
  self->attach_functor([core, helpers = self->state.helpers] {
    auto end = [](const caf::actor_addr& x) {
      if (auto actor = caf::actor_cast<caf::actor>(x))
        caf::anon_send_exit(actor, caf::exit_reason::kill);
    };
    for (const auto& x : *helpers)
      end(x);
    for (const auto& x : *core)
      end(x);
  });
}

} // namespace batch::api
