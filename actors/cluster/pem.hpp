// What files in PEM form hold. Included by .cpp files only, as it names types
// of OpenSSL. Thread-safety: all. Errors: `ec::invalid_request`.
#pragma once

#include "actors/cluster/openssl_handles.hpp"
#include "actors/cluster/pem_file.hpp"

#include <vector>

namespace batch {

/// All certificates of a file, at least one, in their order. Blocks of other
/// kinds are passed over.
expected<std::vector<certificate_ptr>> parse_certificates(const pem_file& file);

/// The first private key of a file. One with a passphrase is refused: nobody
/// is there to type it in when the service starts.
expected<key_ptr> parse_key(const pem_file& file);

} // namespace batch
