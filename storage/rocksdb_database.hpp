// An open RocksDB with all our families, shared by the store and its
// snapshots: it is closed when the last of them goes.
#pragma once

#include "storage/rocksdb_health.hpp"
#include "storage/rocksdb_lock.hpp"
#include "storage/rocksdb_log_order.hpp"
#include "storage/rocksdb_store.hpp"

#include <rocksdb/db.h>

#include <array>
#include <memory>

namespace batch {

struct rocksdb_database {
  rocksdb_database() = default;
  rocksdb_database(const rocksdb_database&) = delete;
  rocksdb_database& operator=(const rocksdb_database&) = delete;
  ~rocksdb_database();

  rocksdb::ColumnFamilyHandle* of(family f) const {
    return families[static_cast<size_t>(f)];
  }

  rocksdb::Env& env() const {
    return own_env ? *own_env : *rocksdb::Env::Default();
  }

  /// Held only by what is opened for reading: RocksDB locks the others itself.
  std::unique_ptr<rocksdb_lock> lock;
  /// Around `rocksdb_options::file_system`, if there is one.
  std::unique_ptr<rocksdb::Env> own_env;
  std::unique_ptr<rocksdb_log_order> log_order;
  std::unique_ptr<rocksdb::DB> db;
  /// RocksDB's own family, which stays empty.
  rocksdb::ColumnFamilyHandle* default_family = nullptr;
  std::array<rocksdb::ColumnFamilyHandle*, family_count> families{};
  std::shared_ptr<rocksdb_health> health;
};

/// Opens or creates it; errors as those of `open_rocksdb_store`.
expected<std::shared_ptr<rocksdb_database>>
open_rocksdb_database(const rocksdb_options& o);

/// Opens it as it is; errors as those of `open_rocksdb_for_reading`.
expected<std::shared_ptr<rocksdb_database>>
open_rocksdb_database_for_reading(const rocksdb_options& o);

} // namespace batch
