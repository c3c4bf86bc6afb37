// `batchd verify`: looks through a data folder that no server uses.
#pragma once

namespace CLI {
class App;
}

namespace batch {

/// Adds the command. When it ran, its exit status is in `exit_status`: 0 if
/// nothing is wrong, 1 if something is or the folder cannot be read.
/// @param exit_status must live as long as `app`.
void add_verify_command(CLI::App& app, int& exit_status);

} // namespace batch
