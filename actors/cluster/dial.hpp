// Reaching other processes: what is published at an address, and publishing.
// With network.hpp the only code that knows CAF's middleman.
#pragma once

#include "actors/cluster/interfaces.hpp"

#include <set>
#include <string>

namespace batch {

/// Where a coordinator listens.
struct peer_address {
  std::string host;
  uint16_t port = 0;
  /// Over mutual TLS, as the system was configured (`use_tls`); otherwise in
  /// the clear, which is for the loopback device only.
  bool tls = false;
};

std::string to_string(const peer_address& x);

/// Makes an actor reachable.
/// @param calls what it can be told, as CAF spells it.
/// @param at its port may be 0 for a free one.
/// @returns the port.
/// Errors: `ec::invalid_request` saying that the address is in use or cannot
/// be one.
expected<uint16_t> publish(caf::actor_system& system,
                           const caf::strong_actor_ptr& whom,
                           std::set<std::string> calls, const peer_address& at);

template <class... Calls>
expected<uint16_t> publish(caf::actor_system& system,
                           const caf::typed_actor<Calls...>& whom,
                           const peer_address& at) {
  return publish(system, caf::actor_cast<caf::strong_actor_ptr>(whom),
                 system.message_types(whom), at);
}

/// An actor of its own thread that dials once, tells `to` (`dialled_atom` with
/// what is published there, or why there is nothing) and ends.
///
/// CAF's own dialler, without TLS, waits in the kernel for as long as an
/// address is silent, and everybody else's calls with it; so the address is
/// first tried here, with a time limit.
caf::behavior dialler(caf::event_based_actor* self, node_actor to,
                      peer_address where);

} // namespace batch
