// Keeps RocksDB from replaying its logs past a gap.
#pragma once

#include "storage/rocksdb_log_check.hpp"

#include <rocksdb/wal_filter.h>

#include <cstdint>
#include <optional>

namespace batch {

/// Sees every record while the logs are replayed. RocksDB begins a new log
/// without syncing the one before; a power cut may take the end of the old one
/// and leave the new one, which RocksDB would replay although what came before
/// is missing. Every row takes one sequence number, so a gap shows.
///
/// Used by one opening, from its thread.
class rocksdb_log_order final : public rocksdb::WalFilter {
public:
  enum class at_gap { stop, refuse };

  explicit rocksdb_log_order(at_gap what) : what_(what) {}

  const char* Name() const override { return "batchd.log_order"; }

  void ColumnFamilyLogNumberMap(
    const std::map<uint32_t, uint64_t>& oldest_logs,
    const std::map<std::string, uint32_t>& families) override;

  WalProcessingOption LogRecordFound(unsigned long long log_number,
                                     const std::string& log_file_name,
                                     const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* new_batch,
                                     bool* batch_changed) override;

  /// Where a replay that found a fault began; nothing if the opening failed
  /// before it came to the logs.
  std::optional<log_begin> began() const { return began_; }

private:
  const at_gap what_;
  std::optional<log_begin> began_;
  std::optional<uint64_t> next_;
};

} // namespace batch
