#include "storage/rocksdb_database.hpp"

#include "storage/data_folder.hpp"
#include "storage/rocksdb_info_log.hpp"
#include "storage/rocksdb_log_check.hpp"
#include "storage/rocksdb_schema.hpp"
#include "storage/rocksdb_tuning.hpp"

#include <rocksdb/convenience.h>

#include <algorithm>

namespace batch {

namespace {

std::shared_ptr<rocksdb_database> make_database(const rocksdb_options& o) {
  auto result = std::make_shared<rocksdb_database>();
  result->health = std::make_shared<rocksdb_health>();
  if (o.file_system)
    result->own_env = rocksdb::NewCompositeEnv(o.file_system);
  return result;
}

void take(rocksdb_database& x, rocksdb::DB* opened,
          const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  x.db.reset(opened);
  x.default_family = handles.front();
  std::copy(handles.begin() + 1, handles.end(), x.families.begin());
}

/// Opens the database, in order up to the first fault of the log: one that a
/// power cut may have caused.
/// @param open RocksDB's function.
template <class Open>
expected<void> open_to_fault(rocksdb_database& x, const rocksdb_options& o,
                             rocksdb::DBOptions options, Open open) {
  auto open_with
    = [&](rocksdb::WALRecoveryMode mode, rocksdb_log_order::at_gap at_gap) {
        x.log_order = std::make_unique<rocksdb_log_order>(at_gap);
        options.wal_filter = x.log_order.get();
        options.wal_recovery_mode = mode;
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        rocksdb::DB* raw = nullptr;
        auto opened = open(options, &handles, &raw);
        if (opened.ok())
          take(x, raw, handles);
        return opened;
      };
  using enum rocksdb::WALRecoveryMode;
  auto opened
    = open_with(kAbsoluteConsistency, rocksdb_log_order::at_gap::refuse);
  // RocksDB drops in silence what comes behind a fault, whether it was durable
  // or not: so it is asked to only if nothing durable is there.
  if (auto began = x.log_order->began(); began && opened.IsCorruption()) {
    if (auto checked = check_log(o.folder, *began, x.env()); !checked)
      return checked;
    opened = open_with(kPointInTimeRecovery, rocksdb_log_order::at_gap::stop);
  }
  if (!opened.ok())
    return open_failed(o, opened);
  return {};
}

/// Whether a folder holds a database; one that is absent does not.
expected<folder_content> look_into(const rocksdb_options& o) {
  std::error_code why;
  if (!std::filesystem::is_directory(o.folder, why))
    return fail(ec::storage_failure,
                o.folder.string() + " is not a folder; name the data folder");
  return inspect_data_folder(o.folder);
}

} // namespace

rocksdb_database::~rocksdb_database() {
  if (!db)
    return;
  rocksdb::CancelAllBackgroundWork(db.get(), /*wait=*/true);
  for (auto handle : families)
    db->DestroyColumnFamilyHandle(handle);
  db->DestroyColumnFamilyHandle(default_family);
  // Nobody is left to be told: whatever was promised is on disk already.
  db->Close().PermitUncheckedError();
}

expected<std::shared_ptr<rocksdb_database>>
open_rocksdb_database(const rocksdb_options& o) {
  if (auto created = create_data_folder(o.folder); !created)
    return fail(created);
  auto content = inspect_data_folder(o.folder);
  if (!content)
    return fail(content);
  auto result = make_database(o);
  if (*content == folder_content::rocksdb) {
    auto names = read_family_names(o, result->env());
    if (!names)
      return fail(names);
    if (auto checked = check_families(*names, o, result->env()); !checked)
      return fail(checked);
  }

  auto options = database_tuning(o);
  options.env = &result->env();
  options.info_log
    = std::make_shared<rocksdb_info_log>(o.folder / info_log_name);
  options.listeners.push_back(result->health);
  auto families = family_tuning(o);
  auto opened = open_to_fault(
    *result, o, options, [&](auto& with, auto* handles, auto* db) {
      return rocksdb::DB::Open(with, o.folder.string(), families, handles, db);
    });
  if (!opened)
    return fail(opened);
  auto has = has_schema(*result, o);
  if (!has)
    return fail(has);
  if (!*has)
    if (auto written = write_schema(*result, o); !written)
      return fail(written);
  return result;
}

expected<std::shared_ptr<rocksdb_database>>
open_rocksdb_database_for_reading(const rocksdb_options& o) {
  auto content = look_into(o);
  if (!content)
    return fail(content);
  constexpr auto no_store = "holds no store of batchd";
  if (*content == folder_content::nothing)
    return foreign(o, no_store);
  auto lock = rocksdb_lock::take(o.folder);
  if (!lock)
    return fail(lock);
  auto result = make_database(o);
  result->lock = std::make_unique<rocksdb_lock>(std::move(*lock));
  auto names = read_family_names(o, result->env());
  if (!names)
    return fail(names);
  if (auto checked = check_families(*names, o, result->env()); !checked)
    return fail(checked);
  auto families = family_tuning(o);
  // RocksDB's own family is always there.
  if (names->size() != families.size())
    return foreign(o, no_store);

  auto options = database_tuning(o);
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  options.env = &result->env();
  options.info_log = std::make_shared<rocksdb_info_log>();
  auto opened = open_to_fault(
    *result, o, options, [&](auto& with, auto* handles, auto* db) {
      return rocksdb::DB::OpenForReadOnly(with, o.folder.string(), families,
                                          handles, db);
    });
  if (!opened)
    return fail(opened);
  auto has = has_schema(*result, o);
  if (!has)
    return fail(has);
  if (!*has)
    return foreign(o, no_store);
  return result;
}

} // namespace batch
