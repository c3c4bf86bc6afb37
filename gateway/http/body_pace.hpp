// How slowly a body may come.
#pragma once

#include "codecs/error.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace batch {

/// In each `time` of waiting at least `bytes_min` must come, or the rest of the
/// body; and no single wait may be as long. Source: 2 KiB/s is less than a
/// modem had, and a client that is slower on purpose holds a thread, and with
/// a JSON body memory, for as long as it likes.
struct body_pace_limits {
  std::chrono::milliseconds time = std::chrono::seconds{30};
  size_t bytes_min = 64 << 10;
};

/// Watches one body come. Only time spent waiting for the client counts: that
/// the service takes its time with a piece is no fault of the client's.
/// Thread-safety: none.
class body_pace {
public:
  /// A steady clock.
  using clock = std::function<std::chrono::steady_clock::time_point()>;

  explicit body_pace(body_pace_limits limits,
                     clock now = std::chrono::steady_clock::now)
    : limits_(limits), now_(std::move(now)), began_(now_()) {}

  void begin_wait() { began_ = now_(); }

  /// To be told when bytes have come, or (0) that none will.
  /// @returns false if the body comes too slowly; it goes on doing so.
  bool end_wait(size_t bytes) {
    auto wait = now_() - began_;
    waited_ += wait;
    came_ += bytes;
    if (waited_ < limits_.time)
      return !too_slow_;
    too_slow_ = too_slow_ || came_ < limits_.bytes_min || wait >= limits_.time;
    waited_ = {};
    came_ = 0;
    return !too_slow_;
  }

  bool too_slow() const { return too_slow_; }

  /// What is said to the client then.
  error fault() const {
    auto seconds = std::chrono::duration<double>(limits_.time).count();
    return {ec::timed_out, "the body came too slowly: less than "
                             + std::to_string(limits_.bytes_min) + " bytes in "
                             + std::to_string(static_cast<long>(seconds + 0.5))
                             + " s"};
  }

private:
  body_pace_limits limits_;
  clock now_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::duration waited_{};
  size_t came_ = 0;
  bool too_slow_ = false;
};

} // namespace batch
