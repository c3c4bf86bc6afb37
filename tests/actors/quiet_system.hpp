// An actor system that ends for sure.
#pragma once

#include <caf/actor_system.hpp>

#include <chrono>
#include <thread>

namespace batch::test {

/// Waits at its end a moment for the threads of actors that have one of their
/// own, while its clock still runs. In CAF 0.17.6 a detached actor that ends
/// just when the system does tells the clock to forget its timeouts; the clock
/// has stopped and keeps the message, which keeps the actor, and CAF waits for
/// the actor for ever. Seen in one of 150 ends under load.
class quiet_system : public caf::actor_system {
public:
  using caf::actor_system::actor_system;

  ~quiet_system() {
    await_all_actors_done();
    // The middleman may keep some until it ends.
    for (int i = 0; i < 100 && detached_actors() > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
};

} // namespace batch::test
