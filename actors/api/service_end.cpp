#include "actors/api/service_end.hpp"

namespace batch::api {

namespace {

/// The longest that calls which are being made are waited for. They fail when
/// the actors behind have ended.
constexpr std::chrono::seconds calls_limit{3};

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
  auto core = std::make_shared<batch::service>(std::move(*st.core));
  st.core.reset();
  auto ender = self->spawn<caf::monitored + caf::detached>(
    [core,
     limit = st.context->options.drain_limit](caf::event_based_actor* me) {
      stop_service(me->system(), *core, limit);
    });
  st.helpers->insert(ender.address());
}

void go_on_ending(service_role_pointer self) {
  auto& st = self->state;
  if (!st.is_ending || !st.helpers->empty())
    return;
  if (st.core)
    stop_core(self);
  else
    self->quit(st.reason);
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
