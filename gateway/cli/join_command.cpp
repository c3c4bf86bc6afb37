#include "gateway/cli/join_command.hpp"

#include "actors/cluster/node.hpp"
#include "actors/service.hpp"
#include "codecs/ids.hpp"
#include "gateway/cli/cluster_settings.hpp"
#include "gateway/cli/process.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace batch {

namespace {

using namespace std::chrono_literals;
using cli::exit_failed;
using cli::exit_usage;

struct join_options {
  join_options() {
    auto cores = std::max(std::thread::hardware_concurrency(), 1U);
    for (auto type : job_types)
      slots += (slots.empty() ? "" : ",") + std::string{pool_name(type)} + "="
               + std::to_string(cores);
  }

  std::string coordinator;
  std::string name;
  std::string slots;
  cli::tls_settings tls;
};

int report(int status, const std::string& what) {
  return cli::report("join", status, what);
}

/// The machine's name and four random digits: no two processes share it.
std::string make_name() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  std::string name{host.data()};
  std::erase_if(name, [](char c) {
    auto is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9') || c == '-' || c == '.';
    return !is_plain;
  });
  constexpr size_t host_bytes_max = 48;
  return name.substr(0, host_bytes_max) + "-" + random_hex_id().substr(0, 4);
}

/// Prints the ready line the first time that the node has joined.
class ready_line {
public:
  ready_line(std::string coordinator, std::string name)
    : text_("batchd joined " + coordinator + " as " + name) {}

  void print() {
    std::call_once(once_, [this] { std::cout << text_ << std::endl; });
  }

private:
  std::once_flag once_;
  std::string text_;
};

/// Works for the coordinator until told to end.
int run_node(const join_options& o, const cli::cluster_network& network,
             node_options options, const sigset_t& signals) {
  std::atomic<bool> refused{false};
  ready_line ready{to_string(network.address), options.name};
  options.on_joined = [&ready](const caf::actor&) { ready.print(); };
  options.on_refused = [&refused](const std::string&, bool is_final) {
    refused = refused || is_final;
  };
  caf::actor_system_config config;
  configure(config);
  use_network(config, network);
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set(
    "scheduler.max-threads",
    std::max(size_t{1}, size_t{std::thread::hardware_concurrency()} / 4));
  caf::actor_system system{config};
  auto limit = options.leave_timeout + 2s;
  auto member = system.spawn(node, std::move(options));
  cli::wait_for_end(signals, refused);
  cli::arm_watchdog(20s, cli::exit_stuck,
                    "batchd join: the shutdown hangs; ending at once\n");
  caf::scoped_actor self{system};
  self->request(member, caf::duration{limit}, atom::stop_atom_v)
    .receive([] {}, [](const caf::error&) {});
  self->send_exit(member, caf::exit_reason::user_shutdown);
  self->wait_for(member);
  // A worker that never comes back is left behind: its chunk is another's.
  cli::arm_watchdog(1s, refused ? exit_failed : 0,
                    "batchd join: ending while a worker hangs\n");
  if (refused)
    return report(exit_failed, "the coordinator " + o.coordinator
                                 + " takes no node of this version; see the "
                                   "log");
  return 0;
}

int join(join_options o) {
  auto network = cli::read_network("the coordinator", o.coordinator, o.tls);
  if (!network)
    return report(exit_usage, network.error().message);
  if (network->address.port == 0)
    return report(exit_usage, "the coordinator " + o.coordinator
                                + ": the port must be that of its --cluster");
  node_options options;
  options.coordinator = network->address;
  options.name = o.name.empty() ? make_name() : o.name;
  options.version = BATCH_VERSION;
  auto slots = parse_slots(o.slots);
  if (!slots)
    return report(exit_usage, "--slots: " + slots.error().message);
  options.slots = std::move(*slots);
  if (std::ranges::all_of(options.slots,
                          [](const auto& x) { return x.second == 0; }))
    return report(exit_usage, "--slots: a node needs at least one slot");
  cli::begin_log();
  auto signals = cli::block_signals();
  return run_node(o, *network, std::move(options), signals);
}

} // namespace

void add_join_command(CLI::App& app, int& exit_status) {
  auto join_app = app.add_subcommand(
    "join", "Run a worker node: work for the coordinator of a cluster");
  join_app->footer(
    "Example: batchd join 10.0.0.1:7000 --slots import=2,embed=4 "
    "--cluster-cert n1.pem --cluster-key n1.key --cluster-ca "
    "ca.pem");
  auto o = std::make_shared<join_options>();
  join_app
    ->add_option("COORDINATOR", o->coordinator,
                 "HOST:PORT that a 'batchd serve --cluster' listens on")
    ->required();
  auto given = std::make_shared<cli::settings>(*join_app);
  given->add("name", &o->name,
             "Name of this node in the cluster; by default the machine's, with "
             "random digits behind it");
  given->add("slots", &o->slots, "Worker threads of each job type");
  add_settings(*given, o->tls);
  join_app->callback([o, given, &exit_status] {
    if (auto complete = given->complete(); !complete)
      exit_status = report(exit_usage, complete.error().message);
    else
      exit_status = join(*o);
  });
}

} // namespace batch
