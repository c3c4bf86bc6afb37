#include "actors/cluster/network.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

namespace batch {

void use_tls(caf::actor_system_config& config, const tls_files& files) {
  use_plain_network(config);
  config.openssl_certificate = files.certificate_path();
  config.openssl_key = files.key_path();
  config.openssl_cafile = files.ca_path();
  config.load<caf::openssl::manager>();
}

void use_plain_network(caf::actor_system_config& config) {
  config.set("middleman.heartbeat-interval", caf::timespan{heartbeat_interval});
  config.set("middleman.connection-timeout", caf::timespan{silence_max});
  config.load<caf::io::middleman>();
}

} // namespace batch
