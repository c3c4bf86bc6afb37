// How a process is told to be part of a cluster: an address, and who may be
// there.
#pragma once

#include "actors/cluster/dial.hpp"
#include "actors/cluster/tls_files.hpp"
#include "gateway/cli/settings.hpp"

#include <optional>
#include <string>

namespace caf {
class actor_system_config;
} // namespace caf

namespace batch::cli {

/// The certificates of a process; all three or none.
struct tls_settings {
  std::string certificate;
  std::string key;
  std::string ca;

  bool empty() const {
    return certificate.empty() && key.empty() && ca.empty();
  }
};

/// Adds a setting for each member, which outlive the settings.
void add_settings(settings& to, tls_settings& o);

/// A network to be used by an actor system.
struct cluster_network {
  peer_address address;
  /// None where it goes in the clear. Outlives the actor system.
  std::optional<tls_files> tls;
};

/// Reads an address and the certificates for it. Without certificates only an
/// address of this machine is taken, and nothing is encrypted.
/// @param option what the address was given as, for messages.
/// Errors: `ec::invalid_request` saying what is wrong, and where.
expected<cluster_network> read_network(const std::string& option,
                                       const std::string& address,
                                       const tls_settings& tls);

/// Makes an actor system use a network. To be called before the system is made.
void use_network(caf::actor_system_config& config,
                 const cluster_network& network);

} // namespace batch::cli
