// Whose the rows of a RocksDB are, and in which layout.
#pragma once

#include "storage/rocksdb_database.hpp"

#include <string>
#include <vector>

namespace batch {

/// The names of all families in a folder, ours or not; changes nothing.
/// Errors: as those of `open_rocksdb_store`.
expected<std::vector<std::string>> read_family_names(const rocksdb_options& o,
                                                     rocksdb::Env& env);

/// Refuses a database of another program before opening could change it.
expected<void> check_families(const std::vector<std::string>& names,
                              const rocksdb_options& o, rocksdb::Env& env);

/// Checks the row that names the schema; false if there is none.
expected<bool> has_schema(const rocksdb_database& x, const rocksdb_options& o);

/// Writes that row if the database is new: that it has no row at all shows
/// that its creation was cut off.
expected<void> write_schema(rocksdb_database& x, const rocksdb_options& o);

/// The error of a failed opening or of a read during it.
tl::unexpected<error> open_failed(const rocksdb_options& o,
                                  const rocksdb::Status& s);

/// `ec::storage_foreign`. `found` goes on after the name of the folder.
tl::unexpected<error> foreign(const rocksdb_options& o, std::string found);

} // namespace batch
