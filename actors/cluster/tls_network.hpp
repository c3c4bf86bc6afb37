// CAF's network over mutual TLS. Included by .cpp files only, as it names
// types of CAF's network.
#pragma once

#include <caf/io/middleman_actor.hpp>

namespace batch {

/// Who publishes and dials over mutual TLS: takes the messages of CAF's
/// `middleman_actor`. A dial ends within eight seconds, beside what looking up
/// the name takes, with an error whose context says what is wrong; others wait
/// for it meanwhile. The system must have been made with `use_tls`.
/// Thread-safety: all.
caf::io::middleman_actor tls_network_of(caf::actor_system& system);

} // namespace batch
