// The reading half of every store on RocksDB.
#pragma once

#include "storage/disk_space.hpp"
#include "storage/rocksdb_snapshot.hpp"

#include <functional>
#include <span>
#include <string>

namespace batch {

/// Thread-safety: all. Functions and errors are those of `store_reader`.
class rocksdb_reader {
public:
  rocksdb_reader(const rocksdb_options& o,
                 std::shared_ptr<rocksdb_database> database);

  expected<std::optional<std::string>> get(family f,
                                           std::string_view key) const;
  expected<std::vector<std::optional<std::string>>>
  get_many(family f, std::span<const std::string> keys) const;
  snapshot_ptr take_snapshot() const;
  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const;

  /// Gives up snapshots that became too old, even if nobody reads them.
  void expire_snapshots() const { snapshots_.expire(now_()); }

private:
  tl::unexpected<error> failed(const rocksdb::Status& s) const;
  expected<page> scan_view(const rocksdb_snapshot& view, family f,
                           std::string_view from, std::string_view to,
                           std::string_view after_key,
                           size_t limit_bytes) const;
  expected<page> read_page(rocksdb::Iterator& row, size_t limit_bytes) const;

  const std::function<std::chrono::steady_clock::time_point()> now_;
  const std::string reading_;
  const std::shared_ptr<rocksdb_database> database_;
  mutable rocksdb_snapshots snapshots_;
};

/// The room on the disk of a store, counted as its options say.
disk_space watch_disk(const rocksdb_options& o);

} // namespace batch
