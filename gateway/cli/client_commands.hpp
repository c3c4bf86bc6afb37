// The client side of the program: commands that call the HTTP API of a server.
#pragma once

namespace CLI {
class App;
}

namespace batch {

/// Adds the commands that talk to a running server: submit, job, jobs,
/// results, errors, export, things, stats, backup. They run when `app` parses
/// its command line; one that ran puts its exit status into `exit_status`: 0
/// done, 1 the job or the call failed, 2 wrong usage, 3 no server. What CLI11
/// itself finds wrong is thrown as `CLI::ParseError`.
/// @param exit_status must live as long as `app`.
void add_client_commands(CLI::App& app, int& exit_status);

} // namespace batch
