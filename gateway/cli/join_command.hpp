// The command `batchd join`.
#pragma once

namespace CLI {
class App;
} // namespace CLI

namespace batch {

/// Adds the command. Its exit status: 0 when ended by a signal, 1 if the
/// coordinator refuses this node for good, 2 for wrong usage.
void add_join_command(CLI::App& app, int& exit_status);

} // namespace batch
