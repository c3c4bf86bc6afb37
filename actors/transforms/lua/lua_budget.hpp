// The time of one item in a script.
#pragma once

#include <chrono>
#include <cstdint>

namespace batch {

/// Measures the CPU time of the calling thread, so that a busy machine fails
/// nobody. Reading that clock is a call of the system; as long as less has
/// passed by the clock on the wall, no more CPU time can have been used, so it
/// is read rarely.
class lua_budget {
public:
  /// Begins to measure at the next look.
  void begin(std::chrono::nanoseconds limit);

  /// Looks at the clock. @returns true once the time is used up.
  bool is_spent();

private:
  int64_t limit_ = 0;
  bool has_begun_ = false;
  bool is_spent_ = false;
  int64_t cpu_begin_ = 0;
  /// Until then on the wall it cannot be used up.
  int64_t wall_next_ = 0;
};

} // namespace batch
