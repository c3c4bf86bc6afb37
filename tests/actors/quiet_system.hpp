// An actor system that ends for sure.
#pragma once

#include <caf/actor_system.hpp>

#include <chrono>
#include <thread>

namespace batch::test {

/// Waits at its end for the threads of actors that have one of their own, as
/// long as its clock still runs. CAF does it the other way round: a detached
/// actor that ends just then tells the clock to forget its timeouts, the clock
/// has stopped and keeps the message, which keeps the actor, and CAF waits for
/// the actor for ever. Seen once in 150 ends under load, CAF 0.17.6.
class quiet_system : public caf::actor_system {
public:
  using caf::actor_system::actor_system;

  ~quiet_system() {
    // Who waits for threads that hang in a test waits no longer than this.
    for (int i = 0; i < 5000 && detached_actors() > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
};

} // namespace batch::test
