#include "actors/cluster/network.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>

namespace batch {

void use_plain_network(caf::actor_system_config& config) {
  config.set("middleman.heartbeat-interval", caf::timespan{heartbeat_interval});
  config.set("middleman.connection-timeout", caf::timespan{silence_max});
  config.load<caf::io::middleman>();
}

} // namespace batch
