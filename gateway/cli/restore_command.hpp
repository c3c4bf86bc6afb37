// `batchd restore`: makes a data folder of a backup.
#pragma once

namespace CLI {
class App;
}

namespace batch {

/// Adds the command. When it ran, its exit status is in `exit_status`: 0 if it
/// is done, 1 if not, and then nothing was restored, 2 for wrong usage.
/// @param exit_status must live as long as `app`.
void add_restore_command(CLI::App& app, int& exit_status);

} // namespace batch
