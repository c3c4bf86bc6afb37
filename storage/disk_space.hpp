// How much room the disk has, free to ask before every request.
#pragma once

#include "storage/store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>

namespace batch {

/// Watches the file system of one folder. Thread-safety: all.
class disk_space {
public:
  /// @param low_bytes,full_bytes free bytes below which the disk counts so.
  disk_space(std::filesystem::path folder, uint64_t low_bytes,
             uint64_t full_bytes);

  /// Asks the system at most once a second.
  capacity current() const;

private:
  capacity ask() const;

  const std::filesystem::path folder_;
  const uint64_t low_bytes_;
  const uint64_t full_bytes_;
  mutable std::atomic<std::chrono::steady_clock::time_point> ask_again_{};
  mutable std::atomic<capacity> last_{capacity::ok};
};

} // namespace batch
