#include "actors/transforms/lua/lua_budget.hpp"

#include <ctime>

namespace batch {

namespace {

int64_t nanoseconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

} // namespace

void lua_budget::begin(std::chrono::nanoseconds limit) {
  limit_ = limit.count();
  has_begun_ = is_spent_ = false;
}

bool lua_budget::is_spent() {
  if (is_spent_)
    return true;
  auto wall = nanoseconds_of(CLOCK_MONOTONIC);
  if (has_begun_ && wall < wall_next_)
    return false;
  auto cpu = nanoseconds_of(CLOCK_THREAD_CPUTIME_ID);
  if (!has_begun_) {
    has_begun_ = true;
    cpu_begin_ = cpu;
  }
  auto left = limit_ - (cpu - cpu_begin_);
  wall_next_ = wall + left;
  is_spent_ = left <= 0;
  return is_spent_;
}

} // namespace batch
