#include "gateway/cli/serve_command.hpp"

#include "actors/cluster/cluster_client.hpp"
#include "actors/crash_notes.hpp"
#include "actors/service.hpp"
#include "gateway/cli/cluster_settings.hpp"
#include "gateway/cli/process.hpp"
#include "gateway/cli/running_gateway.hpp"
#include "gateway/cli/serve_options.hpp"
#include "storage/rocksdb_store.hpp"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

namespace batch {

namespace {

using namespace std::chrono_literals;
using cli::exit_failed;
using cli::exit_usage;
using cli::serve_options;

/// The longest that a shutdown may take at all. Everything acknowledged is on
/// disk, so ending hard loses nothing.
constexpr auto shutdown_limit = 20s;
/// The longest that threads may take to end when all is written.
constexpr auto left_behind_limit = 1s;
/// The longest that a request waits for the actors.
constexpr auto request_limit = 30s;

int report(int status, const std::string& what) {
  return cli::report("serve", status, what);
}

/// Lets worker nodes join. @returns where they do.
expected<std::string> listen_for_nodes(caf::actor_system& system,
                                       const service& running,
                                       peer_address at) {
  auto port = publish(system, running.cluster, at);
  if (!port)
    return fail(port);
  at.port = *port;
  return to_string(at);
}

/// Runs the actors and the gateway on an open store until told to end.
int run_service(const serve_options& o, const address& http,
                const std::optional<cli::cluster_network>& network,
                store_ptr in, const sigset_t& signals,
                const serve_hooks& hooks) {
  std::atomic<bool> failed{false};
  auto on_fatal = [&failed](const error& why) {
    spdlog::critical("{}; the service ends", why.message);
    failed = true;
  };
  caf::actor_system_config config;
  configure(config);
  if (network)
    cli::use_network(config, *network);
  cli::use_few_threads(config);
  caf::actor_system system{config};

  service_options options;
  for (auto type : job_types)
    options.slots[type] = o.slots;
  options.version = BATCH_VERSION;
  options.on_fatal = on_fatal;
  options.retention.age = std::chrono::hours{24 * o.retention_days};
  options.retention.items = o.retention_items;
  auto crashes = take_crash_notes(std::filesystem::path{o.data} / "crashes");
  if (!crashes)
    return report(exit_failed, crashes.error().message);
  options.crashes = std::move(*crashes);
  if (hooks.service)
    hooks.service(options);
  auto running = spawn_service(system, options, in);
  if (!running)
    return report(exit_failed, running.error().message);
  gateway_parts parts;
  parts.store = in;
  parts.client = std::make_unique<service_client>(system, running->supervisor,
                                                  request_limit);
  parts.cluster = std::make_unique<cluster_client>(
    system, [of = running->cluster] { return expected<cluster_actor>{of}; },
    request_limit);
  parts.backup_folder = o.backup_folder();
  running_gateway gateway{o, http, std::move(parts), on_fatal};
  auto port = gateway.start();
  expected<std::string> cluster = "-";
  if (port && network)
    cluster = listen_for_nodes(system, *running, network->address);
  if (port && cluster) {
    std::cout << "batchd ready http=" << http.host << ':' << *port
              << " cluster=" << *cluster << " data=" << o.data << std::endl;
    cli::wait_for_end(signals, failed);
    spdlog::info("ending: finishing what runs");
  }
  cli::arm_watchdog(shutdown_limit, cli::exit_stuck,
                    "batchd serve: the shutdown hangs; ending at once\n");
  gateway.drain();
  gateway.stop();
  stop_service(system, *running, options.drain_timeout + 2s);
  // Everything is written. A worker that never comes back is left behind.
  cli::arm_watchdog(left_behind_limit, failed ? exit_failed : 0,
                    "batchd serve: ending while a worker hangs\n");
  if (!port)
    return report(exit_usage, port.error().message);
  if (!cluster)
    return report(exit_usage, "--cluster: " + cluster.error().message);
  return failed ? exit_failed : 0;
}

int serve(const serve_options& o, const serve_hooks& hooks) {
  cli::begin_log();
  auto http = listening_address(o);
  if (!http)
    return report(exit_usage, http.error().message);
  std::optional<cli::cluster_network> network;
  if (!o.cluster.empty()) {
    auto read = cli::read_network("--cluster", o.cluster, o.tls);
    if (!read)
      return report(exit_usage, read.error().message);
    network = std::move(*read);
  } else if (!o.tls.empty()) {
    return report(exit_usage, "--cluster-cert, --cluster-key and --cluster-ca "
                              "go with --cluster");
  }
  auto signals = cli::block_signals();
  rocksdb_options store_options;
  store_options.folder = o.data;
  store_options.block_cache_bytes = o.cache_mib << 20;
  if (o.disk_reserve_mib > 0) {
    store_options.free_bytes_full = o.disk_reserve_mib << 20;
    store_options.free_bytes_low = 2 * *store_options.free_bytes_full;
  }
  if (hooks.store)
    hooks.store(store_options);
  auto in = open_rocksdb_store(store_options);
  if (!in)
    return report(exit_failed, in.error().message);
  return run_service(o, *http, network, *in, signals, hooks);
}

} // namespace

void add_serve_command(CLI::App& app, int& exit_status, serve_hooks hooks) {
  auto serve_app = app.add_subcommand("serve", "Run the service");
  auto o = std::make_shared<serve_options>();
  auto given = std::make_shared<cli::settings>(*serve_app);
  add_settings(*given, *o);
  auto print = std::make_shared<bool>(false);
  serve_app->add_flag(
    "--print-config", *print,
    "Print every setting and where it came from, and do nothing else");
  serve_app->callback(
    [o, given, print, hooks = std::move(hooks), &exit_status] {
      if (auto complete = given->complete(); !complete)
        exit_status = report(exit_usage, complete.error().message);
      else if (*print)
        std::cout << given->render();
      else
        exit_status = serve(*o, hooks);
    });
}

} // namespace batch
