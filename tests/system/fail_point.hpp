// What the crash campaign's program does at fail points. Set by environment:
//
//   BATCH_FAIL=committer.before_write:3    kill -9 at the third pass
//   BATCH_FAIL_HITS=FILE                   counts passes and kills in FILE
//
// The file outlives the process and counts on at its next start; it is an array
// of `fail_point_count`.
#pragma once

#include "codecs/fail_point.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace batch {

struct fail_point_count {
  /// Ends with NULs; empty behind the last point.
  char name[48];
  std::atomic<uint64_t> passes;
  std::atomic<uint64_t> kills;
};
static_assert(sizeof(fail_point_count) == 64);

inline constexpr size_t fail_points_max = 256;

/// Lets the next fail point that this thread passes throw an exception.
void throw_at_next_fail_point();

} // namespace batch
