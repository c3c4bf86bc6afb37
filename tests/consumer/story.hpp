// What the example does with the service, wherever that is.
#pragma once

#include <batch/interface.hpp>

/// Submits, follows, reads and exports, and prints what it sees.
/// @returns false if anything failed; why is on the standard error.
bool tell_story(caf::actor_system& system, const batch::service_actor& service);
