// The SERVICE: the RPC of a running service, and its owner. It only passes
// messages on: what blocks is done by CLERKS, UPLOADS, SOURCES and the WATCHER,
// which have threads.
//
// Its handle goes everywhere, so it has no thread of its own: CAF does not end
// while anybody holds the handle of an actor that has.
#pragma once

#include "actors/api/clerk_pool.hpp"
#include "actors/api/watcher.hpp"
#include "actors/service.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace batch::api {

/// `service_actor` as it sees itself.
using service_role_actor = service_actor::extend<
  // INTERNAL: Time to see which uploads and streams are still used.
  caf::reacts_to<atom::tick_atom>,
  // INTERNAL: Calls that are being made were waited for long enough; or, when
  // all others have ended, their threads were.
  caf::reacts_to<atom::stop_atom>>;

struct service_role_state {
  static inline const char* name = "service";

  enum class session_kind { upload, stream };

  api_context_ptr context;
  /// The actors behind; nothing any more when they have ended.
  std::optional<batch::service> core;
  watcher_actor watcher;
  /// Reads; calls that write once; calls that may read or write very much.
  clerk_pool readers{2, 10'000, 64 << 20};
  clerk_pool writers{16, 1000, 64 << 20};
  clerk_pool movers{4, 100, 64 << 20};
  std::map<caf::actor_addr, session_kind> sessions;
  /// All actors that this one has spawned and that have not ended.
  std::shared_ptr<std::set<caf::actor_addr>> helpers;
  bool is_ticking = false;
  bool is_ending = false;
  bool is_leaving = false;
  /// Why it ends.
  caf::error reason;

  size_t open(session_kind kind) const;
};

using service_role_pointer
  = service_role_actor::stateful_pointer<service_role_state>;

service_role_actor::behavior_type service_role(service_role_pointer self,
                                               api_context_ptr context,
                                               batch::service core);

/// Spawns the SERVICE of a running service, which it owns from now on.
service_actor spawn_service_role(caf::actor_system& system, batch::service core,
                                 store_reader_ptr store, api_options options);

} // namespace batch::api
