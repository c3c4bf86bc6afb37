// What one end of a connection needs for mutual TLS. Included by .cpp files
// only, as it names types of OpenSSL. Thread-safety: all.
#pragma once

#include "actors/cluster/tls_check.hpp"

#include <memory>

struct ssl_ctx_st;

namespace batch {

/// Certificate, key and CA as OpenSSL holds them, for servers and clients
/// alike: a peer must show a certificate that the CA has signed, and TLS is
/// 1.3. Shared by all connections.
using tls_context = std::shared_ptr<ssl_ctx_st>;

/// Errors: `ec::invalid_request` if OpenSSL's settings on this machine forbid
/// it, e.g. for a short key; names the file.
expected<tls_context> make_tls_context(const tls_material& material);

/// Lets a server and a client with this context agree with each other.
/// Errors: `ec::invalid_request`, naming the file of the certificate.
expected<void> rehearse_handshake(const tls_context& context,
                                  const tls_material& material);

} // namespace batch
