// A worker that only waits, in a process of its own: what the machinery around
// workers costs when they wait for something else.
//
//   sleeping_worker --server=HOST:PORT [--milliseconds=5]
//
// Does the jobs of type "sleep" of the service at HOST:PORT (`batchd serve
// --cluster`), each item in so many milliseconds. Prints a line when it begins;
// ends with its standard input.
#include <batch/service.hpp>

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <chrono>
#include <iostream>
#include <limits>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;

struct sleeper_config : caf::actor_system_config {
  sleeper_config() {
    load<caf::io::middleman>();
    set("middleman.heartbeat-interval", caf::timespan{1s});
    set("middleman.connection-timeout", caf::timespan{8s});
    batch::configure(*this);
    opt_group{custom_options_, "global"}
      .add(server, "server", "HOST:PORT of the service")
      .add(milliseconds, "milliseconds", "how long an item takes");
  }

  std::string server;
  uint32_t milliseconds = 5;
};

batch::foreign_worker_actor::behavior_type
sleeping_worker(batch::foreign_worker_actor::pointer,
                std::chrono::milliseconds time) {
  return {[time](batch::atom::work_atom, const batch::foreign_work& work) {
    std::vector<batch::foreign_result> results;
    for (const auto& item : work.items) {
      std::this_thread::sleep_for(time);
      results.push_back(batch::foreign_result::done(item.offset, "null"));
    }
    return results;
  }};
}

bool enlist(caf::actor_system& system, const batch::service_actor& service,
            std::chrono::milliseconds time) {
  caf::scoped_actor self{system};
  auto worker = self->spawn<caf::detached>(sleeping_worker, time);
  bool is_enlisted = false;
  // Two chunks: the next one is here when the one before is done.
  self
    ->request(service, 10s, batch::atom::enlist_atom_v, std::string{"sleep"},
              worker, uint32_t{2})
    .receive(
      [&] { is_enlisted = true; },
      [&](const caf::error& why) { std::cerr << system.render(why) << '\n'; });
  if (is_enlisted) {
    std::cout << "sleeping" << std::endl;
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  }
  self->send_exit(worker, caf::exit_reason::user_shutdown);
  return is_enlisted;
}

} // namespace

int main(int argc, char** argv) {
  sleeper_config config;
  auto why = config.parse(argc, argv);
  auto colon = config.server.rfind(':');
  if (why || colon == std::string::npos) {
    std::cerr << "usage: sleeping_worker --server=HOST:PORT "
                 "[--milliseconds=5]\n";
    return 2;
  }
  caf::actor_system system{config};
  auto service = system.middleman().remote_actor<batch::service_actor>(
    config.server.substr(0, colon),
    static_cast<uint16_t>(std::stoul(config.server.substr(colon + 1))));
  if (!service) {
    std::cerr << config.server << ": " << system.render(service.error())
              << '\n';
    return 1;
  }
  return enlist(system, *service,
                std::chrono::milliseconds{config.milliseconds})
           ? 0
           : 1;
}
