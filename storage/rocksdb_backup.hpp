// Writes backups of an open RocksDB.
#pragma once

#include "storage/backup.hpp"

#include <rocksdb/db.h>

namespace batch {

/// Adds a backup to a folder, which is created if absent; files that an
/// earlier backup holds are not written again. Everything committed before the
/// call is in it, and it is durable when this returns. Writing goes on.
///
/// Errors: `ec::conflict` if another backup into the folder is under way;
/// `ec::storage_foreign` if the folder holds something else;
/// `ec::storage_full`, `ec::storage_corrupt`, `ec::storage_failure`.
expected<backup_info> create_backup(rocksdb::DB& db,
                                    const std::filesystem::path& folder);

} // namespace batch
