#include "storage/rocksdb_health.hpp"

namespace batch {

namespace {

std::string_view to_string(rocksdb::BackgroundErrorReason reason) {
  using enum rocksdb::BackgroundErrorReason;
  switch (reason) {
  case kFlush:
  case kFlushNoWAL:
    return "writing a table";
  case kCompaction:
    return "merging tables";
  case kWriteCallback:
    return "writing the log";
  case kMemTable:
    return "writing to memory";
  case kManifestWrite:
  case kManifestWriteNoWAL:
    return "writing the list of tables";
  }
  return "working in the background";
}

} // namespace

store_health rocksdb_health::current() const {
  if (writable())
    return {};
  std::lock_guard guard{mutex_};
  if (writable())
    return {};
  return {false, message_, lacks_space_};
}

bool rocksdb_health::take_probe() {
  if (state_ != state::recovered)
    return false;
  auto expected = state::recovered;
  return state_.compare_exchange_strong(expected, state::probing);
}

void rocksdb_health::probed(const rocksdb::Status& result) {
  std::lock_guard guard{mutex_};
  // A new error that came during the probe counts more than the probe.
  if (state_ != state::probing)
    return;
  if (result.ok()) {
    message_.clear();
    state_ = state::good;
    return;
  }
  message_ = "RocksDB recovered but refuses writes, restart the service: "
             + result.ToString();
  lacks_space_ = false;
  state_ = state::failed;
}

void rocksdb_health::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                       rocksdb::Status* failed) {
  std::lock_guard guard{mutex_};
  message_ = "RocksDB failed in " + std::string{to_string(reason)} + ": "
             + failed->ToString();
  lacks_space_ = failed->IsNoSpace();
  state_ = state::failed;
}

void rocksdb_health::OnErrorRecoveryEnd(
  const rocksdb::BackgroundErrorRecoveryInfo& info) {
  std::lock_guard guard{mutex_};
  if (!info.new_bg_error.ok()) {
    message_ = "RocksDB could not recover: " + info.new_bg_error.ToString();
    lacks_space_ = info.new_bg_error.IsNoSpace();
    state_ = state::failed;
    return;
  }
  message_ = "RocksDB recovered; the next write decides";
  state_ = state::recovered;
}

} // namespace batch
