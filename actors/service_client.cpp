#include "actors/service_client.hpp"

namespace batch {

namespace {

/// Bytes of what has no text of any length.
constexpr size_t small_bytes = 1 << 10;

call_bridge_ptr bridge_to(caf::actor_system& system,
                          const command_actor& supervisor,
                          std::chrono::milliseconds deadline) {
  call_bridge_options options;
  options.deadline = deadline;
  auto bridge = std::make_shared<call_bridge>(system, std::move(options));
  bridge->set(caf::actor_cast<caf::actor>(supervisor));
  return bridge;
}

} // namespace

service_client::service_client(caf::actor_system& system,
                               const command_actor& supervisor,
                               std::chrono::milliseconds deadline)
  : service_client(bridge_to(system, supervisor, deadline)) {}

service_client::service_client(call_bridge_ptr bridge, size_t share_bytes)
  : bridge_(std::move(bridge)), uploads_(share_bytes) {}

template <class T, class... Message>
answer<T> service_client::ask(size_t bytes, Message... message) {
  return bridge_->ask<command_actor, T>(small_bytes + bytes,
                                        std::move(message)...);
}

expected<void> service_client::admit() {
  return wait(ask<void>(0, atom::admit_atom_v));
}

expected<job_ticket> service_client::open(job_request request) {
  auto bytes = request.options.size() + request.input.size();
  return wait(
    ask<job_ticket>(bytes, atom::open_atom_v,
                    std::make_shared<const job_request>(std::move(request))));
}

answer<void> service_client::append(uint64_t number, write_batch chunks,
                                    counter_changes counters, bool durable) {
  commit_unit unit;
  unit.changes = std::move(chunks);
  unit.counters = counters;
  unit.durable = durable;
  unit.refusable = true;
  auto bytes = unit.changes.bytes();
  return ask<void>(bytes, atom::append_atom_v, number,
                   std::make_shared<const commit_unit>(std::move(unit)));
}

expected<job_acceptance> service_client::close(job_closing closing) {
  auto bytes = closing.rest.bytes();
  return wait(ask<job_acceptance>(
    bytes, atom::close_atom_v,
    std::make_shared<const job_closing>(std::move(closing))));
}

void service_client::abandon(uint64_t number) {
  bridge_->tell<command_actor>(atom::abandon_atom_v, number);
}

expected<void> service_client::order(const job_id& id, job_order what) {
  return wait(ask<void>(0, atom::order_atom_v, id,
                        std::make_shared<const job_order>(std::move(what))));
}

expected<void> service_client::put_thing(std::string ns, std::string id,
                                         std::string text) {
  auto bytes = text.size();
  return wait(ask<void>(bytes, atom::put_atom_v, std::move(ns), std::move(id),
                        std::move(text)));
}

expected<void> service_client::erase_thing(std::string ns, std::string id) {
  return wait(ask<void>(0, atom::erase_atom_v, std::move(ns), std::move(id)));
}

} // namespace batch
