// Which namespaces have other vectors than before.
#pragma once

#include "storage/write_batch.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace batch {

/// Counts the writes to the vectors of each namespace since the process began,
/// so that who holds copies of them knows when they are out of date.
/// Thread-safety: all.
class vector_changes {
public:
  /// How often the vectors of a namespace were written. What was read from the
  /// store after this call is of this version or a later one.
  uint64_t version_of(std::string_view ns) const;

  /// Counts what a batch has written; to be called when it is in the store and
  /// before anybody is told.
  void count(const write_batch& written);

private:
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t, std::less<>> versions_;
  /// Namespaces that are forgotten, to bound the memory, count from here.
  uint64_t base_ = 0;
};

} // namespace batch
