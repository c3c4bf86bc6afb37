// How a SERVICE ends: in the order of the data.
#pragma once

#include "actors/api/service_role.hpp"

namespace batch::api {

/// Ends those who call, then the work, then the writing, then the SERVICE.
/// What is asked of it meanwhile is refused.
void begin_end(service_role_pointer self, caf::error reason);

/// Stops the actors behind, whether calls are still being made or not.
void stop_core(service_role_pointer self);

/// Goes on with the end when one of its actors has ended.
void go_on_ending(service_role_pointer self);

/// Lets no actor of the service outlive it, should it be killed.
void end_all_with(service_role_pointer self);

} // namespace batch::api
