// A connection over mutual TLS as CAF's brokers use it. Included by .cpp files
// only, as it names types of OpenSSL and of CAF's network.
#pragma once

#include "actors/cluster/tls_connection.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/scribe.hpp>

namespace batch {

/// @param connection whose handshake is done.
/// Thread-safety: may be called from any thread; the scribe belongs to that of
/// the multiplexer.
caf::io::scribe_ptr
make_tls_scribe(caf::io::network::default_multiplexer& multiplexer,
                tls_connection connection);

} // namespace batch
