#include "actors/service_client.hpp"

#include <functional>

namespace batch {

/// Work for the bridge: sends a request and fulfils a promise.
using bridge_call = std::function<void(caf::event_based_actor*)>;
using bridge_call_ptr = std::shared_ptr<bridge_call>;

} // namespace batch

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::bridge_call_ptr)

namespace batch {

namespace {

caf::behavior bridge(caf::event_based_actor* self) {
  return {
    [self](atom::call_atom, const bridge_call_ptr& call) { (*call)(self); },
  };
}

} // namespace

service_client::service_client(caf::actor_system& system,
                               supervisor_actor supervisor,
                               std::chrono::milliseconds deadline)
  : supervisor_(std::move(supervisor)), bridge_(system.spawn(bridge)),
    deadline_(deadline) {}

service_client::~service_client() {
  caf::anon_send_exit(bridge_, caf::exit_reason::user_shutdown);
}

template <class T, class... Message>
answer<T> service_client::ask(Message... message) {
  auto promise = std::make_shared<std::promise<expected<T>>>();
  auto pending = promise->get_future();
  auto call = std::make_shared<bridge_call>(
    [to = supervisor_, limit = caf::duration{deadline_}, promise,
     message...](caf::event_based_actor* self) {
      auto failed = [promise](const caf::error& why) {
        promise->set_value(tl::unexpected{from_caf(why)});
      };
      if constexpr (std::is_void_v<T>)
        self->request(to, limit, message...)
          .then([promise] { promise->set_value({}); }, failed);
      else
        self->request(to, limit, message...)
          .then([promise](const T& x) { promise->set_value(x); }, failed);
    });
  caf::anon_send(bridge_, atom::call_atom_v, std::move(call));
  return pending;
}

expected<void> service_client::admit() {
  return wait(ask<void>(atom::admit_atom_v));
}

expected<job_ticket> service_client::open(job_request request) {
  return wait(
    ask<job_ticket>(atom::open_atom_v,
                    std::make_shared<const job_request>(std::move(request))));
}

answer<void> service_client::append(uint64_t number, write_batch chunks,
                                    counter_changes counters, bool durable) {
  commit_unit unit;
  unit.changes = std::move(chunks);
  unit.counters = counters;
  unit.durable = durable;
  unit.refusable = true;
  return ask<void>(atom::append_atom_v, number,
                   std::make_shared<const commit_unit>(std::move(unit)));
}

expected<job_acceptance> service_client::close(job_closing closing) {
  return wait(ask<job_acceptance>(
    atom::close_atom_v,
    std::make_shared<const job_closing>(std::move(closing))));
}

void service_client::abandon(uint64_t number) {
  caf::anon_send(supervisor_, atom::abandon_atom_v, number);
}

expected<void> service_client::order(const job_id& id, job_order what) {
  return wait(ask<void>(atom::order_atom_v, id,
                        std::make_shared<const job_order>(std::move(what))));
}

expected<void> service_client::put_thing(std::string ns, std::string id,
                                         std::string text) {
  return wait(
    ask<void>(atom::put_atom_v, std::move(ns), std::move(id), std::move(text)));
}

expected<void> service_client::erase_thing(std::string ns, std::string id) {
  return wait(ask<void>(atom::erase_atom_v, std::move(ns), std::move(id)));
}

} // namespace batch
