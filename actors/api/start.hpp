// Starts a whole service in a folder: the one way in which that is done.
#pragma once

#include "actors/api/context.hpp"
#include "actors/service.hpp"
#include "storage/rocksdb_store.hpp"

#include <batch/service.hpp>

#include <functional>

namespace batch {

/// What a program of ours changes before the service runs; empty ones change
/// nothing.
struct start_hooks {
  std::function<void(rocksdb_options&)> store = {};
  /// An error is that of the start; the folder is there and locked by then.
  std::function<expected<void>(service_options&)> service = {};
  /// As `api_options`; not for who keeps the store of a `running_service`.
  bool closes_store = false;
};

/// A running service as programs of ours see it. Keep it no longer than the
/// actor system; `stop_service` with the handle ends it.
struct running_service {
  service_actor handle;
  /// The actors behind the handle, which owns them.
  service core;
  store_reader_ptr store;
};

/// Errors: as the public `spawn_service`; those of the hooks.
expected<running_service> start_service(caf::actor_system& system,
                                        const service_settings& settings,
                                        const start_hooks& hooks = {});

namespace api {

/// What the settings mean for each part.
/// Errors: `ec::invalid_option`, naming the setting.
expected<service_options> service_options_of(const service_settings& settings);
rocksdb_options rocksdb_options_of(const service_settings& settings);
api_options api_options_of(const service_settings& settings);

} // namespace api
} // namespace batch
