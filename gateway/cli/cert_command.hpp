// `batchd cert`: makes the certificates of a cluster.
#pragma once

namespace CLI {
class App;
}

namespace batch {

/// Adds the command and its two: `ca` and `node`. When one ran, its exit
/// status is in `exit_status`: 0 if the files are made, 1 if none is, e.g.
/// because one is there already or the CA cannot be read, 2 for wrong usage.
/// @param exit_status must live as long as `app`.
void add_cert_command(CLI::App& app, int& exit_status);

} // namespace batch
