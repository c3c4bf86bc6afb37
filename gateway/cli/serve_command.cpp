#include "gateway/cli/serve_command.hpp"

#include "actors/api/start.hpp"
#include "actors/cluster/cluster_client.hpp"
#include "actors/crash_notes.hpp"
#include "actors/service_client.hpp"
#include "gateway/cli/cluster_settings.hpp"
#include "gateway/cli/process.hpp"
#include "gateway/cli/running_gateway.hpp"
#include "gateway/cli/serve_options.hpp"

#include <atomic>
#include <iostream>

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

service_settings settings_of(const serve_options& o) {
  service_settings settings;
  settings.data = o.data;
  settings.slots = o.slots;
  settings.embedder = o.embedder;
  settings.cache_mib = o.cache_mib;
  settings.disk_reserve_mib = o.disk_reserve_mib;
  settings.retention_days = o.retention_days;
  settings.retention_items = o.retention_items;
  return settings;
}

/// What this program adds to a service: it ends with it, and keeps notes of its
/// own crashes.
start_hooks hooks_of(const serve_options& o, const serve_hooks& hooks,
                     std::function<void(const error&)> on_fatal) {
  start_hooks all;
  all.store = hooks.store;
  all.service = [&o, change = hooks.service, on_fatal = std::move(on_fatal)](
                  service_options& options) -> expected<void> {
    options.version = BATCH_VERSION;
    options.on_fatal = on_fatal;
    options.search_cache_bytes = o.search_cache_mib << 20;
    auto crashes = take_crash_notes(std::filesystem::path{o.data} / "crashes");
    if (!crashes)
      return fail(crashes);
    options.crashes = std::move(*crashes);
    if (change)
      change(options);
    return {};
  };
  return all;
}

gateway_parts parts_of(caf::actor_system& system, const serve_options& o,
                       const running_service& running) {
  gateway_parts parts;
  parts.store = running.store;
  parts.client = std::make_unique<service_client>(
    system, running.core.supervisor, request_limit);
  parts.cluster = std::make_unique<cluster_client>(
    system, [of = running.core.cluster] { return expected<cluster_actor>{of}; },
    request_limit);
  parts.search = running.core.search;
  parts.backup_folder = o.backup_folder();
  return parts;
}

/// Lets worker nodes join, and other programs call. @returns where.
expected<std::string> listen(caf::actor_system& system,
                             const service_actor& service, peer_address at) {
  auto port = publish(system, service, at);
  if (!port)
    return fail(port);
  at.port = *port;
  return to_string(at);
}

/// Runs the service and its gateway until told to end.
int run_service(const serve_options& o, const address& http,
                const std::optional<cli::cluster_network>& network,
                const sigset_t& signals, const serve_hooks& hooks) {
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

  auto running
    = start_service(system, settings_of(o), hooks_of(o, hooks, on_fatal));
  if (!running) {
    const auto& why = running.error();
    // Settings that make no sense are named like their flags.
    if (why.code == ec::invalid_option)
      return report(exit_usage, "--" + why.message);
    return report(exit_failed, why.message);
  }
  running_gateway gateway{o, http, parts_of(system, o, *running), on_fatal};
  auto port = gateway.start();
  expected<std::string> cluster = "-";
  if (port && network)
    cluster = listen(system, running->handle, network->address);
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
  if (auto late = stop_service(system, running->handle, shutdown_limit))
    spdlog::warn("{}", message_of(late));
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
  cli::keep_freed_memory();
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
  return run_service(o, *http, network, signals, hooks);
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
