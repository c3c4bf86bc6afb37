// `batchd serve`: the coordinator with its store, workers and gateway.
#pragma once

#include <CLI/App.hpp>

namespace batch {

/// Adds the command. When it ran, its exit status is in `exit_status`: 0 after
/// an orderly end, 1 if the service could not start or go on, 2 for wrong
/// usage.
void add_serve_command(CLI::App& app, int& exit_status);

} // namespace batch
