// Whether a provider may be asked now: one gate for all workers of a process.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include <tl/expected.hpp>

namespace batch {

struct provider_gate_options {
  /// Calls at one time.
  size_t calls_max = 4;
  /// How long the gate stays closed if the provider does not say so itself:
  /// doubles each time, and a good call starts anew.
  std::chrono::milliseconds backoff{1000};
  std::chrono::milliseconds backoff_max = std::chrono::minutes{1};
  /// Good calls after which one more at a time is tried.
  size_t good_calls_a_step = 20;
  /// The time, and a number of [0, 1); tests bring their own.
  std::function<std::chrono::steady_clock::time_point()> now
    = std::chrono::steady_clock::now;
  std::function<double()> random = {};
};

/// Closes when the provider asks for patience. When it opens again, one call
/// goes first, and the others when that was answered. Bounds the calls at one
/// time: half as many after each refusal, slowly more again after good calls.
///
/// Any thread.
class provider_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct closed {
    /// When to come again.
    std::chrono::milliseconds wait;
    std::string why;
  };

  explicit provider_gate(provider_gate_options options);

  /// Takes a place, which one of the functions below gives back. Waits for one
  /// for half of the time until then, so that the other half is left for the
  /// call, but never for a closed gate to open.
  tl::expected<void, closed> enter(time_point until);

  /// The call went well.
  void leave_good();
  /// The provider has answered something else; there is no reason to wait.
  void leave_answered();
  /// There was no good answer; whether a closed gate may open is still open.
  void leave_failed();
  /// The provider asks for patience, or cannot be reached.
  /// @returns how long the gate is closed.
  closed leave_throttled(std::optional<std::chrono::milliseconds> retry_after,
                         std::string why);

  size_t calls_allowed() const;

private:
  std::chrono::milliseconds wait_at(time_point now) const;
  double random();
  void leave();

  provider_gate_options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  size_t inside_ = 0;
  size_t allowed_;
  size_t good_in_row_ = 0;
  /// Times that the gate has closed since the last good call.
  unsigned closings_ = 0;
  time_point opens_at_ = time_point::min();
  /// No answer has come since the gate was closed.
  bool on_trial_ = false;
  std::string why_;
};

} // namespace batch
