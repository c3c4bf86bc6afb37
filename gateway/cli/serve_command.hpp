// `batchd serve`: the coordinator with its store, workers and gateway.
#pragma once

#include <functional>

#include <CLI/App.hpp>

namespace batch {

struct rocksdb_options;
struct service_options;

/// What a program of ours that is no release (a test's) changes before the
/// service runs; empty ones change nothing.
struct serve_hooks {
  std::function<void(rocksdb_options&)> store;
  std::function<void(service_options&)> service;
};

/// Adds the command. When it ran, its exit status is in `exit_status`: 0 after
/// an orderly end, 1 if the service could not start or go on, 2 for wrong
/// usage.
void add_serve_command(CLI::App& app, int& exit_status, serve_hooks hooks = {});

} // namespace batch
