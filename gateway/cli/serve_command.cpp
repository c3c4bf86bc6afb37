#include "gateway/cli/serve_command.hpp"

#include "actors/crash_notes.hpp"
#include "actors/embedders/embedder_set.hpp"
#include "actors/queries/vector_cache.hpp"
#include "actors/service.hpp"
#include "actors/service_client.hpp"
#include "gateway/cli/address.hpp"
#include "gateway/cli/serve_options.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/server.hpp"
#include "storage/rocksdb_store.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace batch {

namespace {

using namespace std::chrono_literals;
using cli::serve_options;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
/// The end that a shutdown comes to if some thread never returns. Source:
/// EX_SOFTWARE of sysexits.h.
constexpr int exit_stuck = 70;
/// The longest that a shutdown may take at all. Everything acknowledged is on
/// disk, so ending hard loses nothing.
constexpr auto shutdown_limit = 20s;
/// The longest that threads may take to end when all is written.
constexpr auto left_behind_limit = 1s;
/// The longest that a request waits for the actors.
constexpr auto request_limit = 30s;

int report(int status, const std::string& what) {
  std::cerr << "batchd serve: " << what << '\n';
  return status;
}

/// Signals that end the service are taken by `wait_for_end` alone. To be
/// called before any thread is made.
sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

void wait_for_end(const sigset_t& signals, const std::atomic<bool>& failed) {
  timespec tick{0, 100'000'000};
  while (!failed && sigtimedwait(&signals, nullptr, &tick) < 0) {
  }
}

/// Ends the process with a status if it has not ended by then.
void arm_watchdog(std::chrono::seconds limit, int status, const char* why) {
  std::thread([=] {
    std::this_thread::sleep_for(limit);
    std::fputs(why, stderr);
    _exit(status);
  }).detach();
}

/// Runs the actors and the gateway on an open store until told to end.
int run_service(const serve_options& o, const address& http, store_ptr in,
                embedder_set_ptr models, const sigset_t& signals,
                const serve_hooks& hooks) {
  std::atomic<bool> failed{false};
  auto on_fatal = [&failed](const error& why) {
    spdlog::critical("{}; the service ends", why.message);
    failed = true;
  };
  caf::actor_system_config config;
  configure(config);
  // The default, work stealing, polls: a tenth of a core while idle.
  config.set("scheduler.policy", caf::atom("sharing"));
  // What runs there only passes messages on; what works or waits has threads
  // of its own. One thread that hands them to itself is woken less often than
  // four that wake each other: a third less CPU under small jobs.
  config.set(
    "scheduler.max-threads",
    std::max(size_t{1}, size_t{std::thread::hardware_concurrency()} / 4));
  caf::actor_system system{config};

  service_options options;
  for (auto type : job_types)
    options.slots[type] = o.slots;
  options.on_fatal = on_fatal;
  options.embedders = std::move(models);
  options.vectors_changed = std::make_shared<vector_changes>();
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
  service_client client{system, running->supervisor, request_limit};
  gateway_context context{in, client, o.exports_max, o.uploads_max};
  context.embedders = options.embedders;
  context.vectors = std::make_shared<vector_cache>(in, options.vectors_changed,
                                                   o.search_cache_mib << 20);
  context.backup_folder = o.backup_folder();
  context.json_body_bytes = o.body_mib << 20;

  http_server_options server_options;
  server_options.host = http.host;
  server_options.port = http.port;
  server_options.token = o.token;
  server_options.json_body_bytes_max = context.json_body_bytes;
  server_options.body_pace.time = std::chrono::seconds{o.body_seconds};
  server_options.write_timeout = std::chrono::seconds{o.body_seconds};
  server_options.on_fatal = on_fatal;
  http_server server{server_options, make_routes(context)};
  auto port = server.start();
  if (port) {
    std::cout << "batchd ready http=" << http.host << ':' << *port
              << " cluster=- data=" << o.data << std::endl;
    wait_for_end(signals, failed);
    spdlog::info("ending: finishing what runs");
  }
  arm_watchdog(shutdown_limit, exit_stuck,
               "batchd serve: the shutdown hangs; ending at once\n");
  context.draining = true;
  server.stop();
  stop_service(system, *running, options.drain_timeout + 2s);
  // Everything is written. A worker that never comes back is left behind.
  arm_watchdog(left_behind_limit, failed ? exit_failed : 0,
               "batchd serve: ending while a worker hangs\n");
  if (!port)
    return report(exit_usage, port.error().message);
  return failed ? exit_failed : 0;
}

expected<embedder_set_ptr> open_models(const std::string& spec) {
  if (spec.empty())
    return make_embedder_set();
  auto standard = open_embedder(spec);
  if (!standard)
    return fail(standard);
  return make_embedder_set(std::move(*standard));
}

int serve(const serve_options& o, const serve_hooks& hooks) {
  auto log = spdlog::stderr_color_mt("batchd");
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  spdlog::set_default_logger(log);
  auto http = parse_address(o.http);
  if (!http)
    return report(exit_usage, "--http: " + http.error().message);
  if (!is_loopback(http->host) && o.token.empty() && !o.insecure)
    return report(exit_usage,
                  "--http " + o.http
                    + " can be reached from other machines: give --token (or "
                      "BATCHD_TOKEN), or --insecure if a proxy guards it");
  auto signals = block_signals();
  rocksdb_options store_options;
  store_options.folder = o.data;
  store_options.block_cache_bytes = o.cache_mib << 20;
  if (o.disk_reserve_mib > 0) {
    store_options.free_bytes_full = o.disk_reserve_mib << 20;
    store_options.free_bytes_low = 2 * *store_options.free_bytes_full;
  }
  if (hooks.store)
    hooks.store(store_options);
  // What cannot be loaded is told before anything is opened.
  auto models = open_models(o.embedder);
  if (!models)
    return report(exit_usage, "--embedder: " + models.error().message);
  auto in = open_rocksdb_store(store_options);
  if (!in)
    return report(exit_failed, in.error().message);
  return run_service(o, *http, *in, *models, signals, hooks);
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
