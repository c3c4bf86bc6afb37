// What an acknowledgement costs without a service: receive, keep, sync.
#pragma once

#include "benchmarks/things_body.hpp"

#include <filesystem>

namespace batch::bench {

/// Sends a body over a bare socket to a thread that keeps it in chunk records
/// of 100 things (a JSON body when all of it is there, lines as they come),
/// syncs once, and answers one byte. Nothing is parsed or checked.
/// @returns seconds from the first byte sent to the answer.
double receive_ceiling(const std::filesystem::path& folder, things_body& body);

} // namespace batch::bench
