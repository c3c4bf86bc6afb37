// Whether RocksDB takes writes, as it tells through its events.
#pragma once

#include "storage/store.hpp"

#include <rocksdb/listener.h>

#include <atomic>
#include <mutex>
#include <string>

namespace batch {

/// Listens to one database. After an error RocksDB refuses all writes; it ends
/// a lack of space itself, some seconds after there is room again. The error
/// of the writer can outlive that (rocksdb#11643), so a write decides: whoever
/// gets `true` from `take_probe` makes one with sync and tells `probed`.
///
/// Thread-safety: all.
class rocksdb_health final : public rocksdb::EventListener {
public:
  bool writable() const { return state_ == state::good; }
  store_health current() const;

  /// True for one caller after each recovery.
  bool take_probe();
  void probed(const rocksdb::Status& result);

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                         rocksdb::Status* failed) override;
  void
  OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override;

private:
  enum class state { good, failed, recovered, probing };

  mutable std::mutex mutex_;
  // Written under the mutex; read without it before each commit.
  std::atomic<state> state_ = state::good;
  std::string message_;
  bool lacks_space_ = false;
};

} // namespace batch
