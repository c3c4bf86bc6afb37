// The door of the cluster as CAF's brokers use it. Included by .cpp files
// only, as it names types of CAF's network.
#pragma once

#include "actors/cluster/tls_door.hpp"

#include <caf/io/doorman.hpp>
#include <caf/io/network/default_multiplexer.hpp>

namespace batch {

/// @param door is started when the broker has the doorman, and stopped when
/// it closes it.
caf::io::doorman_ptr
make_tls_doorman(caf::io::network::default_multiplexer& multiplexer,
                 std::unique_ptr<tls_door> door);

} // namespace batch
