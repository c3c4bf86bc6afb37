// Which CLERK makes the next call.
#pragma once

#include "actors/api/clerk.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace batch::api {

/// Clerks for one kind of calls. They are spawned when all others have
/// something to do; a call then waits for the one with the fewest. What waits
/// is bounded.
/// Thread-safety: none.
class clerk_pool {
public:
  /// @param clerks_max threads at most.
  /// @param calls_max calls that are made or wait at one time.
  /// @param bytes_max bytes of their messages.
  clerk_pool(size_t clerks_max, size_t calls_max, size_t bytes_max)
    : clerks_max_(clerks_max), calls_max_(calls_max), bytes_max_(bytes_max) {}

  /// The clerk for a call.
  /// Errors: `ec::overloaded`.
  expected<clerk_actor> take(size_t bytes,
                             const std::function<clerk_actor()>& spawn);

  /// A call that a clerk was taken for has been answered.
  void give_back(const clerk_actor& clerk, size_t bytes);

  /// Forgets a clerk that has ended, and its calls with it.
  void remove(const caf::actor_addr& clerk);

  size_t clerks() const { return clerks_.size(); }

private:
  struct entry {
    clerk_actor clerk;
    size_t calls = 0;
    size_t bytes = 0;
  };

  std::vector<entry> clerks_;
  size_t clerks_max_;
  size_t calls_max_;
  size_t bytes_max_;
  size_t calls_ = 0;
  size_t bytes_ = 0;
};

} // namespace batch::api
