// A program that has an actor system of its own and takes the service into it.
//
//   consumer --batch.data=DIR [--remote]
//   consumer --connect=HOST:PORT
//
// With `--remote` the client is another actor system, with a network between;
// with `--connect` the service is that of `batchd serve --cluster HOST:PORT`.
// docs/embedding.md walks through it.
#include "story.hpp"

#include <batch/service.hpp>

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace {

using namespace std::chrono_literals;

/// The configuration of whoever talks to a service.
struct client_config : caf::actor_system_config {
  client_config() {
    load<caf::io::middleman>();
    // Both ends must show that they live, or one cuts the other off.
    set("middleman.heartbeat-interval", caf::timespan{1s});
    set("middleman.connection-timeout", caf::timespan{8s});
    batch::configure(*this);
  }
};

/// The configuration of whoever runs one, with its settings among the options
/// of the program.
struct host_config : client_config {
  host_config() {
    batch::add_options(custom_options_, settings);
    opt_group{custom_options_, "global"}
      .add(is_remote, "remote", "tell the story from another actor system")
      .add(server, "connect", "HOST:PORT of a service that runs elsewhere");
  }

  batch::service_settings settings;
  bool is_remote = false;
  std::string server;
};

/// What jobs of the type transform-data may name: makes capital letters.
caf::expected<std::string> shout(const std::string& item) {
  if (item.front() != '"')
    return batch::make_error(batch::ec::invalid_item, "expected a string");
  auto loud = item;
  for (auto& c : loud)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return loud;
}

/// Connects to a service and tells the story.
bool tell_remotely(caf::actor_system& client, const std::string& host,
                   uint16_t port, whose_service whose) {
  auto service
    = client.middleman().remote_actor<batch::service_actor>(host, port);
  if (!service) {
    std::cerr << "connect: " << client.render(service.error()) << '\n';
    return false;
  }
  return tell_story(client, *service, whose);
}

/// Publishes the service on this machine and tells the story from elsewhere.
bool tell_from_elsewhere(caf::actor_system& host,
                         const batch::service_actor& service) {
  auto port = host.middleman().publish(service, 0, "127.0.0.1");
  if (!port) {
    std::cerr << "publish: " << host.render(port.error()) << '\n';
    return false;
  }
  client_config config;
  caf::actor_system client{config};
  return tell_remotely(client, "127.0.0.1", *port, whose_service::ours);
}

/// Runs a service for the time of a story.
bool host_service(caf::actor_system& system, const host_config& config) {
  auto service = batch::spawn_service(system, config.settings);
  if (!service) {
    std::cerr << system.render(service.error()) << '\n';
    return false;
  }
  auto is_told = config.is_remote
                   ? tell_from_elsewhere(system, *service)
                   : tell_story(system, *service, whose_service::ours);
  // The service is one of many actors here: it ends, the program goes on.
  if (auto why = batch::stop_service(system, *service)) {
    std::cerr << system.render(why) << '\n';
    return false;
  }
  std::cout << "the service has ended\n";
  return is_told;
}

bool connect(caf::actor_system& system, const std::string& server) {
  auto colon = server.rfind(':');
  if (colon == std::string::npos) {
    std::cerr << "--connect: expected HOST:PORT\n";
    return false;
  }
  auto port = static_cast<uint16_t>(std::stoul(server.substr(colon + 1)));
  return tell_remotely(system, server.substr(0, colon), port,
                       whose_service::somebody_elses);
}

} // namespace

int main(int argc, char** argv) {
  host_config config;
  if (auto why = config.parse(argc, argv)) {
    std::cerr << caf::to_string(why) << '\n';
    return 2;
  }
  if (config.cli_helptext_printed)
    return 0;
  config.settings.functions["shout"] = shout;
  caf::actor_system system{config};
  auto is_told = config.server.empty() ? host_service(system, config)
                                       : connect(system, config.server);
  return is_told ? 0 : 1;
}
