// The store of a single machine: RocksDB in one folder.
#pragma once

#include "storage/store.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace rocksdb {
class FileSystem;
}

namespace batch {

struct rocksdb_options {
  /// Created if absent. Must be empty, or a data folder of ours.
  std::filesystem::path folder;
  /// Bytes of unflushed writes of one large family. Source: measured
  /// (benchmarks/README.md), larger ones gain nothing, take memory and make a
  /// start after a crash slower.
  size_t memtable_bytes = 32 << 20;
  /// Bytes of uncompressed blocks held in memory for reads.
  size_t block_cache_bytes = 128 << 20;
  /// Bytes of write-ahead log after which old families are flushed; bounds the
  /// time of a start after a crash.
  size_t wal_bytes_max = 256 << 20;
  /// Free bytes of the disk below which `capacity()` answers low; the default
  /// is `free_bytes_low_default`. A store on a small disk (a test's) sets it.
  std::optional<uint64_t> free_bytes_low;
  /// The same for full; the default is half of low.
  std::optional<uint64_t> free_bytes_full;
  /// The clock that ages snapshots.
  std::function<std::chrono::steady_clock::time_point()> now
    = std::chrono::steady_clock::now;
  /// What files are read and written through; the system's own if null. Tests
  /// put in one that does harm (storage/faulty_file_system.hpp).
  std::shared_ptr<rocksdb::FileSystem> file_system;
};

/// The larger of 1 GiB and twice what may have to be written before a full
/// disk can recover: all memtables and the write-ahead log.
uint64_t free_bytes_low_default(const rocksdb_options& o);

/// Opens or creates the store in a folder and locks it against other
/// processes until the last pointer goes.
///
/// Errors, each naming the folder and what to do: `ec::storage_locked`,
/// `ec::storage_foreign` (newer version, or not ours), `ec::storage_corrupt`,
/// `ec::storage_full`, `ec::storage_failure` (no right to write, no folder).
expected<std::shared_ptr<store>> open_rocksdb_store(const rocksdb_options& o);

/// A store that was opened to be looked at, not to be written.
class readable_store : public store_reader {
public:
  /// Reads every block of every table and compares its checksum. Takes as long
  /// as reading all files does.
  /// Errors: `ec::storage_corrupt` naming the damaged file and what to do.
  virtual expected<void> verify_checksums() const = 0;
};

/// Opens the store in a folder as it is: nothing in the folder changes, which
/// may lie on a read-only disk. What the write-ahead log holds is seen, and
/// held in memory (up to `wal_bytes_max`). Until the last pointer goes, no
/// server can open the folder, unless its lock cannot be written.
///
/// Errors: as those of `open_rocksdb_store`; `ec::storage_foreign` also if the
/// folder holds no store. `health()` is not writable; there is no `backup`.
expected<std::shared_ptr<const readable_store>>
open_rocksdb_for_reading(const rocksdb_options& o);

} // namespace batch
