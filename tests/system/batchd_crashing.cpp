// `batchd serve` as the crash campaign runs it: with fail points, workers that
// misbehave on request, and short times. Set by environment, beside what
// fail_point.hpp says:
//
//   BATCH_FAULTS=OPTIONS   a file system that does harm; see
//                          storage/faulty_file_system.hpp
//   BATCH_KEPT_ITEMS=N     items of finished jobs that are kept

#include "actors/embedders/embedder_set.hpp"
#include "actors/options.hpp"
#include "gateway/cli/serve_command.hpp"
#include "storage/faulty_file_system.hpp"
#include "storage/rocksdb_store.hpp"
#include "tests/system/unreliable_worker.hpp"

#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>

namespace {

using namespace std::chrono_literals;

constexpr int exit_usage = 2;

/// Small tables, so that they are flushed and merged in a small run, too.
void change_store(batch::rocksdb_options& o) {
  o.memtable_bytes = 256 << 10;
  o.wal_bytes_max = 1 << 20;
  auto faults = std::getenv("BATCH_FAULTS");
  if (!faults)
    return;
  auto options = batch::parse_faulty_file_options(faults);
  if (!options) {
    std::cerr << "BATCH_FAULTS: " << options.error().message << '\n';
    std::exit(exit_usage);
  }
  o.file_system = batch::make_faulty_file_system(*options).files;
}

void change_service(batch::service_options& o) {
  o.workers = batch::make_unreliable(
    batch::builtin_workers(batch::make_embedder_set()));
  o.committer.sync_interval = 20ms;
  o.committer.sync_chunks = 8;
  o.lease_tick = 20ms;
  o.restart_pause = 5ms;
  o.restart_pause_max = 20ms;
  o.retention.interval = 10ms;
  if (auto items = std::getenv("BATCH_KEPT_ITEMS"))
    o.retention.items = std::strtoull(items, nullptr, 10);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"batchd with fail points"};
  app.require_subcommand(1);
  int exit_status = 0;
  batch::add_serve_command(app, exit_status, {change_store, change_service});
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_usage;
  }
  return exit_status;
}
