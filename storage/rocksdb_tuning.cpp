#include "storage/rocksdb_tuning.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace batch {

namespace {

/// Families that take the bytes of jobs; the others hold small rows or few.
bool is_large(family f) {
  return f == family::things || f == family::chunks;
}

} // namespace

size_t memtables_bytes(const rocksdb_options& o) {
  // Both large families in use, and one of them being flushed.
  return 3 * o.memtable_bytes;
}

uint64_t free_bytes_low_default(const rocksdb_options& o) {
  return std::max<uint64_t>(1 << 30,
                            2 * (memtables_bytes(o) + o.wal_bytes_max));
}

// What stays at its default on purpose:
// pipelined and unordered writes, manual WAL flushes, WAL compression, blob
// files, atomic flush and asynchronous reads are slower here, lose data, or
// have known faults in 7.8.
rocksdb::DBOptions database_tuning(const rocksdb_options& o) {
  rocksdb::DBOptions result;
  result.create_if_missing = true;
  result.create_missing_column_families = true;
  result.paranoid_checks = true;
  // Idle families would keep every log file since their last flush.
  result.max_total_wal_size = o.wal_bytes_max;
  result.db_write_buffer_size = memtables_bytes(o);
  result.max_background_jobs = 2; // one flush, one compaction
  result.bytes_per_sync = 1 << 20;
  // The disk begins to write before somebody waits for it.
  result.wal_bytes_per_sync = 512 << 10;
  // Each family starts one thread less than that to open its tables, however
  // few they are: 165 at the default of 16, 35 ms on a slow kernel.
  result.max_file_opening_threads = 2;
  // All tables stay open, so that a missing or broken one is found at start.
  result.max_open_files = -1;
  // Statistics would only fill the log, and a hidden family on disk.
  result.stats_dump_period_sec = 0;
  result.stats_persist_period_sec = 0;
  return result;
}

std::vector<rocksdb::ColumnFamilyDescriptor>
family_tuning(const rocksdb_options& o) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(o.block_cache_bytes);
  table.block_size = 16 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

  rocksdb::ColumnFamilyOptions small;
  small.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  small.compression = rocksdb::kLZ4Compression;
  small.write_buffer_size = o.memtable_bytes / 4;
  // Writers wait only if all of these are full.
  small.max_write_buffer_number = 4;

  auto large = small;
  large.write_buffer_size = o.memtable_bytes;

  std::vector<rocksdb::ColumnFamilyDescriptor> result;
  result.emplace_back(rocksdb::kDefaultColumnFamilyName, small);
  for (size_t i = 0; i < family_count; ++i) {
    auto f = static_cast<family>(i);
    auto options = is_large(f) ? large : small;
    // A chunk lives for seconds: packing it costs more than writing it.
    if (f == family::chunks)
      options.compression = rocksdb::kNoCompression;
    result.emplace_back(std::string{to_string(f)}, std::move(options));
  }
  return result;
}

} // namespace batch
