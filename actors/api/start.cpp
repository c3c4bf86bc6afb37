#include "actors/api/start.hpp"

#include "actors/api/service_role.hpp"

namespace batch {

expected<running_service> start_service(caf::actor_system& system,
                                        const service_settings& settings,
                                        const start_hooks& hooks) {
  auto options = api::service_options_of(settings);
  if (!options)
    return fail(options);
  auto store_options = api::rocksdb_options_of(settings);
  if (hooks.store)
    hooks.store(store_options);
  auto store = open_rocksdb_store(store_options);
  if (!store)
    return fail(store);
  if (hooks.service)
    if (auto ok = hooks.service(*options); !ok)
      return fail(ok);
  auto core = spawn_service(system, *options, *store);
  if (!core)
    return fail(core);
  auto api_options = api::api_options_of(settings);
  api_options.closes_store = hooks.closes_store;
  return running_service{
    api::spawn_service_role(system, *core, *store, std::move(api_options)),
    *core, *store};
}

caf::expected<service_actor> spawn_service(caf::actor_system& system,
                                           service_settings settings) {
  start_hooks hooks;
  hooks.closes_store = true;
  auto running = start_service(system, settings, hooks);
  if (!running)
    return to_caf(running.error());
  return std::move(running->handle);
}

caf::error stop_service(caf::actor_system& system, const service_actor& which,
                        std::chrono::milliseconds limit) {
  caf::scoped_actor self{system};
  self->monitor(which);
  self->send_exit(which, caf::exit_reason::user_shutdown);
  caf::error outcome;
  self->receive([](const caf::down_msg&) {},
                caf::after(limit) >>
                  [&] {
                    outcome = make_error(
                      ec::timed_out, "the service has not ended in time; it "
                                     "ends when it can");
                  });
  return outcome;
}

} // namespace batch
