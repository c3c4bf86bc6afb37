// How RocksDB is set up, and why.
#pragma once

#include "storage/rocksdb_store.hpp"

#include <rocksdb/db.h>

#include <vector>

namespace batch {

/// Options of the whole database, without logger and listener.
rocksdb::DBOptions database_tuning(const rocksdb_options& o);

/// RocksDB's default family and then all of ours, in the order of `family`.
std::vector<rocksdb::ColumnFamilyDescriptor>
family_tuning(const rocksdb_options& o);

/// Bytes that all memtables together may hold.
size_t memtables_bytes(const rocksdb_options& o);

} // namespace batch
