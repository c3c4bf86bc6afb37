// How actor systems of the cluster talk to each other: settings of CAF's
// network. Only actors/cluster/ knows that part of CAF.
//
// One of these is called once on a configuration, before the actor system is
// made of it. Every member of a cluster must use the same ones.
#pragma once

#include "actors/cluster/tls_files.hpp"

#include <chrono>

namespace caf {
class actor_system_config;
}

namespace batch {

/// How often members tell each other that they are alive, and how long one may
/// be silent before it counts as lost. Both must be set, and on both sides:
/// without the second nobody ever looks, and a member that tells nothing is
/// cut off while it is well. Source: only whole messages count as signs of
/// life, and the largest, frames of 256 KiB, take half of that on a line of
/// 64 KiB/s.
inline constexpr std::chrono::milliseconds heartbeat_interval{1000};
inline constexpr std::chrono::milliseconds silence_max{8000};

/// The network over mutual TLS. What publishes and dials is `tls_network_of`
/// (tls_network.hpp); CAF's own TLS is not used.
void use_tls(caf::actor_system_config& config, const tls_files& files);

/// The network in the clear: for the loopback address alone, as whoever
/// reaches such a port may tell every actor everything, and 32 bytes end the
/// process.
void use_plain_network(caf::actor_system_config& config);

} // namespace batch
