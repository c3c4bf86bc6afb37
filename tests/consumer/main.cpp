// A program that has an actor system of its own and takes the service into it.
//
//   consumer --batch.data=DIR [--remote]
//
// With `--remote` the client is another actor system, with a network between.
// docs/embedding.md walks through it.
#include "story.hpp"

#include <batch/service.hpp>

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <iostream>

namespace {

/// The configuration of whoever talks to a service.
struct client_config : caf::actor_system_config {
  client_config() {
    load<caf::io::middleman>();
    batch::configure(*this);
  }
};

/// The configuration of whoever runs one, with its settings among the options
/// of the program.
struct host_config : client_config {
  host_config() {
    batch::add_options(custom_options_, settings);
    opt_group{custom_options_, "global"}.add(
      is_remote, "remote", "tell the story from another actor system");
  }

  batch::service_settings settings;
  bool is_remote = false;
};

/// Publishes the service on this machine and tells the story from elsewhere.
bool tell_remotely(caf::actor_system& host,
                   const batch::service_actor& service) {
  auto port = host.middleman().publish(service, 0, "127.0.0.1");
  if (!port) {
    std::cerr << "publish: " << host.render(port.error()) << '\n';
    return false;
  }
  client_config config;
  caf::actor_system client{config};
  auto handle
    = client.middleman().remote_actor<batch::service_actor>("127.0.0.1", *port);
  if (!handle) {
    std::cerr << "connect: " << client.render(handle.error()) << '\n';
    return false;
  }
  return tell_story(client, *handle);
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
  caf::actor_system system{config};
  auto service = batch::spawn_service(system, config.settings);
  if (!service) {
    std::cerr << system.render(service.error()) << '\n';
    return 1;
  }
  auto is_told = config.is_remote ? tell_remotely(system, *service)
                                  : tell_story(system, *service);
  // The service is one of many actors here: it ends, the program goes on.
  if (auto why = batch::stop_service(system, *service)) {
    std::cerr << system.render(why) << '\n';
    return 1;
  }
  std::cout << "the service has ended\n";
  return is_told ? 0 : 1;
}
