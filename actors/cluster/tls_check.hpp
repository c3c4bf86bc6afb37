// Whether certificates will do, before anything depends on them. Included by
// .cpp files only, as it names types of OpenSSL. Thread-safety: all.
#pragma once

#include "actors/cluster/pem.hpp"

#include <chrono>

namespace batch {

/// The three files of a member, read and taken apart.
struct tls_material {
  pem_file certificate_file;
  pem_file key_file;
  pem_file ca_file;
  /// That of the member first.
  std::vector<certificate_ptr> certificates;
  key_ptr key;
  std::vector<certificate_ptr> authorities;
};

/// Checks that the key belongs to the certificate and that a peer with the
/// same CA takes the certificate, now, from a server and from a client.
/// Errors: `ec::invalid_request`, naming the file to mend.
/// @returns when the first of the certificates in use ends.
expected<std::chrono::sys_seconds> check_trust(const tls_material& material);

} // namespace batch
