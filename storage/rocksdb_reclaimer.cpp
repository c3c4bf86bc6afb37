#include "storage/rocksdb_reclaimer.hpp"

#include <algorithm>
#include <utility>

namespace batch {

rocksdb_reclaimer::rocksdb_reclaimer(rocksdb_database& database,
                                     size_t worth_bytes)
  : database_(database), worth_bytes_(worth_bytes), thread_([this] { run(); }) {
}

rocksdb_reclaimer::~rocksdb_reclaimer() {
  {
    std::lock_guard guard{mutex_};
    ending_ = true; // also cancels a compaction that is under way
  }
  wake_.notify_one();
  thread_.join();
}

void rocksdb_reclaimer::erased(family f, std::string_view from,
                               std::string_view to) {
  rocksdb::Range asked{from, to};
  uint64_t bytes = 0;
  auto sized
    = database_.db->GetApproximateSizes(database_.of(f), &asked, 1, &bytes);
  // Rows that never left memory cost nothing: the next flush drops them. A
  // size that cannot be told is left to the compactions RocksDB does itself.
  if (!sized.ok() || bytes == 0)
    return;
  std::lock_guard guard{mutex_};
  ranges_.push_back({f, std::string{from}, std::string{to}});
  bytes_ += bytes;
  if (bytes_ >= worth_bytes_)
    wake_.notify_one();
}

void rocksdb_reclaimer::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || bytes_ >= worth_bytes_; });
    if (ending_)
      return;
    bytes_ = 0;
    auto ranges = joined(std::exchange(ranges_, {}));
    lock.unlock();
    for (auto& x : ranges)
      compact(x);
    lock.lock();
  }
}

std::vector<rocksdb_reclaimer::range>
rocksdb_reclaimer::joined(std::vector<range> ranges) {
  // The jobs that ended are mostly neighbours.
  std::sort(ranges.begin(), ranges.end());
  std::vector<range> result;
  for (auto& x : ranges) {
    if (!result.empty() && result.back().family == x.family
        && x.from <= result.back().to)
      result.back().to = std::max(result.back().to, x.to);
    else
      result.push_back(std::move(x));
  }
  return result;
}

void rocksdb_reclaimer::compact(const range& x) {
  rocksdb::CompactRangeOptions options;
  // RocksDB's own compactions go on beside this one.
  options.exclusive_manual_compaction = false;
  options.canceled = &ending_;
  rocksdb::Slice from{x.from};
  rocksdb::Slice to{x.to};
  // A failure changes no row; one that matters is told to the listener.
  database_.db->CompactRange(options, database_.of(x.family), &from, &to)
    .PermitUncheckedError();
}

} // namespace batch
