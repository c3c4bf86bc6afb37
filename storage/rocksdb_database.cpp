#include "storage/rocksdb_database.hpp"

#include "storage/data_folder.hpp"
#include "storage/rocksdb_info_log.hpp"
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
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  auto opened = rocksdb::DB::Open(options, o.folder.string(), family_tuning(o),
                                  &handles, &raw);
  if (!opened.ok())
    return open_failed(o, opened);
  take(*result, raw, handles);
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
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  auto opened = rocksdb::DB::OpenForReadOnly(options, o.folder.string(),
                                             families, &handles, &raw);
  if (!opened.ok())
    return open_failed(o, opened);
  take(*result, raw, handles);
  auto has = has_schema(*result, o);
  if (!has)
    return fail(has);
  if (!*has)
    return foreign(o, no_store);
  return result;
}

} // namespace batch
