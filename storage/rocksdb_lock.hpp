// The lock by which a RocksDB belongs to one process, without opening it.
#pragma once

#include "codecs/error.hpp"

#include <rocksdb/env.h>

#include <filesystem>

namespace batch {

/// True if opening or locking failed because somebody else has the lock:
/// RocksDB has no code for this.
bool is_locked(const rocksdb::Status& s);

/// `ec::storage_locked`, naming the folder and what to do.
tl::unexpected<error> locked(const std::filesystem::path& folder,
                             const rocksdb::Status& s);

/// Holds the lock of a data folder as long as it lives. Where there is no lock
/// file, or it cannot be written (a read-only disk), it holds nothing, but has
/// made sure that nobody else holds it.
class rocksdb_lock {
public:
  /// Errors: `ec::storage_locked`.
  static expected<rocksdb_lock> take(const std::filesystem::path& folder);

  rocksdb_lock(rocksdb_lock&& other) noexcept;
  rocksdb_lock& operator=(rocksdb_lock&&) = delete;
  ~rocksdb_lock();

private:
  explicit rocksdb_lock(rocksdb::FileLock* held) : held_(held) {}

  rocksdb::FileLock* held_;
};

} // namespace batch
