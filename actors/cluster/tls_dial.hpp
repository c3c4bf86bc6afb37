// Connects to a member of the cluster. Included by .cpp files only, as it
// names types of OpenSSL.
#pragma once

#include "actors/cluster/tls_connection.hpp"
#include "actors/cluster/tls_context.hpp"

#include <chrono>
#include <string>

namespace batch {

/// Connects and does the handshake. Blocks for as long as `patience` at most
/// for each of them, beside what looking up the name takes. Thread-safety: all.
/// Errors: `ec::invalid_request` says why the peer is not reached, or what is
/// wrong with its certificate. Whether it takes ours is known when it sends
/// something.
expected<tls_connection> dial_tls(const std::string& host, uint16_t port,
                                  const tls_context& context,
                                  std::chrono::milliseconds patience);

} // namespace batch
