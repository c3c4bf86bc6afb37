// What the actors of the RPC have in common.
#pragma once

#include "actors/messages.hpp"
#include "actors/options.hpp"
#include "actors/service_client.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <memory>

namespace batch::api {

struct api_options {
  /// Uploads and streams that are open at one time; each is a thread.
  size_t uploads_max = streamed_uploads_max;
  size_t streams_max = exports_max_default;
  size_t subscriptions_max = 1000;
  /// Whoever does not use an upload or a stream for this time loses it.
  std::chrono::milliseconds idle_limit = std::chrono::minutes{1};
  /// How often that is looked after.
  std::chrono::milliseconds idle_tick = std::chrono::seconds{1};
  /// How often jobs are looked at that somebody wants to know of; an event
  /// comes no more often.
  std::chrono::milliseconds watch_interval{200};
  /// The longest that a listener may take over an event.
  std::chrono::milliseconds listener_limit = std::chrono::minutes{1};
  /// The longest that a call waits for the SUPERVISOR.
  std::chrono::milliseconds call_limit = std::chrono::seconds{30};
  /// The longest that the end waits for what is being worked on.
  std::chrono::milliseconds drain_limit = std::chrono::seconds{10};
  /// Nobody else reads the store: the end waits until it is closed, so that
  /// its folder can be opened again.
  bool closes_store = false;
  stray_handler on_stray;
};

/// Shared by the actors of one SERVICE; ends with the last of them.
struct api_context {
  api_context(caf::actor_system& system, supervisor_actor s,
              store_reader_ptr from, api_options o)
    : supervisor(std::move(s)), store(std::move(from)), options(std::move(o)),
      client(system, supervisor, options.call_limit) {}

  supervisor_actor supervisor;
  store_reader_ptr store;
  api_options options;
  service_client client;
};
using api_context_ptr = std::shared_ptr<api_context>;

} // namespace batch::api
