// Frozen views of a RocksDB that end when they become too old.
#pragma once

#include "storage/rocksdb_database.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// A scan of a view that may go on. Not to be moved: the iterator refers to it.
struct rocksdb_scan {
  batch::family family;
  /// Where the range ends; empty means that of the family.
  std::string to;
  rocksdb::Slice upper_bound;
  /// Of the iterator.
  std::chrono::steady_clock::time_point made;
  std::unique_ptr<rocksdb::Iterator> row;
  /// The row before that of the iterator.
  std::string last_key;
};

/// Holds its database open. Thread-safety: all.
class rocksdb_snapshot final : public snapshot {
public:
  using time_point = std::chrono::steady_clock::time_point;

  rocksdb_snapshot(std::shared_ptr<rocksdb_database> database, time_point now);
  ~rocksdb_snapshot() override;

  /// Begins a scan, whose iterator is to be moved to its first row; null if the
  /// view was given up. The scan may outlive the view.
  std::unique_ptr<rocksdb_scan> begin_scan(rocksdb::ReadOptions options,
                                           family f, std::string_view to,
                                           time_point now) const;

  /// Takes back the scan that was kept at such a place; null if there is none.
  std::unique_ptr<rocksdb_scan> take_scan(family f, std::string_view to,
                                          std::string_view after_key,
                                          time_point now) const;

  /// Keeps a scan for whoever goes on behind its last key, instead of the one
  /// that was kept before.
  void keep_scan(std::unique_ptr<rocksdb_scan> scan) const;

  /// Gives the view up if it is older than `snapshot_age_max`: RocksDB keeps
  /// every row on disk that any view still shows. Ends a scan that was kept too
  /// long.
  void expire(time_point now) const;

private:
  void expire_locked(time_point now) const;

  const std::shared_ptr<rocksdb_database> database_;
  const time_point taken_;
  mutable std::mutex mutex_;
  mutable const rocksdb::Snapshot* view_;
  /// The last one that has not come to its end.
  mutable std::unique_ptr<rocksdb_scan> kept_;
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
