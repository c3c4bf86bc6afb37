// Errors of the service as a CAF system renders them.
#pragma once

#include "actors/messages.hpp"

#include <string>

namespace batch::api {

/// The text of an error of ours: its name, its sentence and its place, e.g.
/// "batch error invalid_option: options/priority: … (at /options/priority)".
/// As a `caf::actor_system_config::error_renderer`.
std::string render_error(uint8_t code, caf::atom_value category,
                         const caf::message& context);

} // namespace batch::api
