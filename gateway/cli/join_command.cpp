#include "gateway/cli/join_command.hpp"

#include "actors/cluster/coordinator_link.hpp"
#include "actors/cluster/node.hpp"
#include "actors/service.hpp"
#include "codecs/ids.hpp"
#include "gateway/cli/cluster_settings.hpp"
#include "gateway/cli/process.hpp"
#include "gateway/cli/running_gateway.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace batch {

namespace {

using namespace std::chrono_literals;
using cli::exit_failed;
using cli::exit_usage;

struct join_options : cli::gateway_options {
  join_options() {
    auto cores = std::max(std::thread::hardware_concurrency(), 1U);
    for (auto type : job_types)
      slots += (slots.empty() ? "" : ",") + std::string{pool_name(type)} + "="
               + std::to_string(cores);
  }

  std::string coordinator;
  std::string name;
  std::string slots;
  std::string embedder;
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
  ready_line(const std::string& coordinator, const std::string& name)
    : text_("batchd joined " + coordinator + " as " + name) {}

  /// Tells where the gateway is, too. To be called before the node dials.
  void add_gateway(const address& at, int port) {
    text_ += " http=" + at.host + ':' + std::to_string(port);
  }

  void print() {
    std::call_once(once_, [this] { std::cout << text_ << std::endl; });
  }

private:
  std::once_flag once_;
  std::string text_;
};

/// The CLUSTER that was joined, if there is one at present.
class joined_cluster {
public:
  void set(cluster_actor x) {
    std::lock_guard guard{mutex_};
    cluster_ = std::move(x);
  }

  expected<cluster_actor> get() const {
    std::lock_guard guard{mutex_};
    if (!cluster_)
      return fail(ec::coordinator_unreachable,
                  "this node has no connection to its coordinator just now");
    return cluster_;
  }

private:
  mutable std::mutex mutex_;
  cluster_actor cluster_;
};

/// The HTTP API of a node: everything it is asked goes to the coordinator.
class node_gateway {
public:
  node_gateway(caf::actor_system& system, const join_options& o,
               const address& at, std::function<void(const error&)> on_fatal)
    : link_(std::make_shared<coordinator_link>(
      system, coordinator_link_options{o.coordinator})),
      gateway_(o, at,
               remote_parts(link_, std::make_unique<cluster_client>(
                                     system, [this] { return cluster_.get(); },
                                     link_->options().deadline)),
               std::move(on_fatal)) {}

  /// Lets the gateway follow what the node joins and loses.
  void follow(node_options& node) {
    node.on_gate = [this](const gate_actor& gate) { link_->set(gate); };
    node.on_joined
      = [this, then = node.on_joined](const cluster_actor& cluster) {
          cluster_.set(cluster);
          then(cluster);
        };
    node.on_lost = [this](const std::string&) {
      link_->clear();
      cluster_.set(cluster_actor{});
    };
  }

  running_gateway& gateway() { return gateway_; }

private:
  joined_cluster cluster_;
  coordinator_link_ptr link_;
  running_gateway gateway_;
};

/// Lets a node leave, and ends it.
void end_node(caf::actor_system& system, node_actor member,
              std::chrono::milliseconds limit) {
  caf::scoped_actor self{system};
  self->request(member, caf::duration{limit}, atom::stop_atom_v)
    .receive([] {}, [](const caf::error&) {});
  self->send_exit(member, caf::exit_reason::user_shutdown);
  self->wait_for(member);
}

/// Works for the coordinator until told to end.
int run_node(const join_options& o, const cli::cluster_network& network,
             const std::optional<address>& http, node_options options,
             const sigset_t& signals) {
  std::atomic<bool> failed{false};
  ready_line ready{to_string(network.address), options.name};
  options.on_joined = [&ready](const cluster_actor&) { ready.print(); };
  options.on_refused = [&failed](const std::string&, bool is_final) {
    failed = failed || is_final;
  };
  caf::actor_system_config config;
  configure(config);
  use_network(config, network);
  cli::use_few_threads(config);
  caf::actor_system system{config};
  std::optional<node_gateway> gateway;
  if (http) {
    gateway.emplace(system, o, *http, [&failed](const error& why) {
      spdlog::critical("{}; the node ends", why.message);
      failed = true;
    });
    gateway->follow(options);
    auto port = gateway->gateway().start();
    if (!port)
      return report(exit_usage, port.error().message);
    ready.add_gateway(*http, *port);
  }
  auto limit = options.leave_timeout + 2s;
  auto member = system.spawn(node, std::move(options));
  // Without it the process would only seem to work.
  member->attach_functor([&failed](const caf::error& why) {
    if (why && why != caf::exit_reason::user_shutdown)
      failed = true;
  });
  cli::wait_for_end(signals, failed);
  cli::arm_watchdog(20s, cli::exit_stuck,
                    "batchd join: the shutdown hangs; ending at once\n");
  if (gateway) {
    gateway->gateway().drain();
    gateway->gateway().stop();
  }
  end_node(system, std::move(member), limit);
  // A worker that never comes back is left behind: its chunk is another's.
  cli::arm_watchdog(1s, failed ? exit_failed : 0,
                    "batchd join: ending while a worker hangs\n");
  if (failed)
    return report(exit_failed, "the node cannot go on; see the log above");
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
  std::optional<address> http;
  if (!o.http.empty()) {
    auto at = listening_address(o);
    if (!at)
      return report(exit_usage, at.error().message);
    http = std::move(*at);
  }
  options.name = o.name.empty() ? make_name() : o.name;
  options.version = BATCH_VERSION;
  auto models = open_embedder_set(o.embedder);
  if (!models)
    return report(exit_usage, "--embedder: " + models.error().message);
  options.embedders = std::move(*models);
  auto slots = parse_slots(o.slots);
  if (!slots)
    return report(exit_usage, "--slots: " + slots.error().message);
  options.slots = std::move(*slots);
  if (std::ranges::all_of(options.slots,
                          [](const auto& x) { return x.second == 0; }))
    return report(exit_usage, "--slots: a node needs at least one slot");
  cli::begin_log();
  cli::keep_freed_memory();
  auto signals = cli::block_signals();
  return run_node(o, *network, http, std::move(options), signals);
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
  given->add("embedder", &o->embedder,
             "The model of jobs that name none: that of the coordinator's "
             "--embedder; a server needs its key here, too");
  add_settings(*given, o->tls);
  add_gateway_settings(*given, *o);
  join_app->callback([o, given, &exit_status] {
    if (auto complete = given->complete(); !complete)
      exit_status = report(exit_usage, complete.error().message);
    else
      exit_status = join(*o);
  });
}

} // namespace batch
