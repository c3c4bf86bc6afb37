// What the example does with the service, wherever that is.
#pragma once

#include <batch/interface.hpp>

/// Who started the service: only one of ours has the functions of this program.
enum class whose_service { ours, somebody_elses };

/// Submits, follows, reads and exports, and prints what it sees.
/// @returns false if anything failed; why is on the standard error.
bool tell_story(caf::actor_system& system, const batch::service_actor& service,
                whose_service whose);
