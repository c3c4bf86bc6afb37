// Frozen views of a RocksDB that end when they become too old.
#pragma once

#include "storage/rocksdb_database.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace batch {

/// Holds its database open. Thread-safety: all.
class rocksdb_snapshot final : public snapshot {
public:
  using time_point = std::chrono::steady_clock::time_point;

  rocksdb_snapshot(std::shared_ptr<rocksdb_database> database, time_point now);
  ~rocksdb_snapshot() override;

  /// An iterator over this view; null if the view was given up. The iterator
  /// itself may outlive the view.
  std::unique_ptr<rocksdb::Iterator>
  new_iterator(rocksdb::ReadOptions options, family f, time_point now) const;

  /// Gives the view up if it is older than `snapshot_age_max`: RocksDB keeps
  /// every row on disk that any view still shows.
  void expire(time_point now) const;

private:
  void expire_locked(time_point now) const;

  const std::shared_ptr<rocksdb_database> database_;
  const time_point taken_;
  mutable std::mutex mutex_;
  mutable const rocksdb::Snapshot* view_;
};

/// All snapshots of a store, so that those nobody reads end as well.
class rocksdb_snapshots {
public:
  using time_point = rocksdb_snapshot::time_point;

  snapshot_ptr take(std::shared_ptr<rocksdb_database> database, time_point now);
  void expire(time_point now);

private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<const rocksdb_snapshot>> taken_;
};

} // namespace batch
