// Tells a log that lost durable writes from one that a power cut has torn.
//
// RocksDB cannot: both end with bytes that are no record, and bytes that were
// never synced may reach the disk in any order, so that good records may
// follow. Therefore a mark follows each durable write in the log, which says
// up to where everything was synced when the mark was written. Where records
// are missing although a later mark covers them, the disk has lost what it had
// promised to keep.
//
// What this cannot see: damage to the last durable write if its mark was lost
// as well, in a power cut; and that the oldest log is gone as a whole.
#pragma once

#include "codecs/error.hpp"

#include <rocksdb/db.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace batch {

/// Writes the mark. Called after a synced write, before any other.
rocksdb::Status mark_synced(rocksdb::DB& db);

/// What one record of the log holds.
struct log_record {
  /// Number of its first row; that of the next row if it has none.
  uint64_t sequence = 0;
  uint32_t rows = 0;
  /// If it is a mark: all rows up to this number were synced before.
  std::optional<uint64_t> synced_to;
};

/// Reads the bytes of a write batch of RocksDB, of which the first
/// `log_record_bytes` are enough; nothing if they are none.
std::optional<log_record> read_log_record(std::string_view batch);
inline constexpr size_t log_record_bytes = 64;

/// The first log that RocksDB replayed. What is left of older ones has gaps of
/// its own: a crash may keep any of them from being deleted.
struct log_begin {
  uint64_t number = 0;
  /// False if not one record could be replayed. Then it is the first log from
  /// this number on that is damaged at its begin.
  bool is_sure = false;
};

/// Reads the logs that RocksDB found damaged; changes nothing.
/// Errors: `ec::storage_corrupt`, naming the file and what to do, if durable
/// writes are missing; `ec::storage_failure`.
expected<void> check_log(const std::filesystem::path& folder, log_begin begin,
                         rocksdb::Env& env);

} // namespace batch
