// Gives the space of erased ranges back to the disk.
#pragma once

#include "storage/rocksdb_database.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace batch {

/// Erasing a range writes one mark; the rows stay on disk until a compaction
/// meets them, which for the last job before a quiet time is never. So ranges
/// with enough bytes in tables are compacted by a thread of their own.
///
/// `DeleteFilesInRange` would read nothing, but it ignores snapshots, takes
/// rows that were written again since, drops tables although their erasure is
/// not durable yet, and can drop the mark of the erasure before the rows.
///
/// Thread-safety: all.
class rocksdb_reclaimer {
public:
  /// @param database must outlive this.
  /// @param worth_bytes bytes of erased rows in tables that start the work.
  rocksdb_reclaimer(rocksdb_database& database, size_t worth_bytes);
  /// Gives up what is not done.
  ~rocksdb_reclaimer();

  /// Tells of a range whose erasure was committed.
  void erased(family f, std::string_view from, std::string_view to);

private:
  struct range {
    batch::family family;
    std::string from;
    std::string to;

    auto operator<=>(const range&) const = default;
  };

  void run();
  static std::vector<range> joined(std::vector<range> ranges);
  void compact(const range& x);

  rocksdb_database& database_;
  const uint64_t worth_bytes_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<range> ranges_;
  uint64_t bytes_ = 0;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

} // namespace batch
