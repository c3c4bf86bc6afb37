#include "storage/rocksdb_schema.hpp"

#include "storage/keys.hpp"
#include "storage/rocksdb_info_log.hpp"
#include "storage/rocksdb_lock.hpp"
#include "storage/rocksdb_status.hpp"
#include "storage/rocksdb_tuning.hpp"

#include <algorithm>
#include <charconv>

namespace batch {

namespace {

/// The value of `keys::schema` is this name, a space, and the number of the
/// layout that storage/keys.hpp and the records of codecs/ describe. Schemas 1
/// and 2 were never released, so nothing converts them.
constexpr std::string_view schema_name = "batchd ";
constexpr unsigned schema_number = 3;

/// Whether no family has a row.
expected<bool> is_empty(rocksdb::DB& db,
                        const std::vector<rocksdb::ColumnFamilyHandle*>& all,
                        const rocksdb_options& o) {
  for (auto handle : all) {
    std::unique_ptr<rocksdb::Iterator> row{db.NewIterator({}, handle)};
    row->SeekToFirst();
    if (row->Valid())
      return false;
    if (!row->status().ok())
      return open_failed(o, row->status());
  }
  return true;
}

/// The same for a database that may be of somebody else: changes nothing.
expected<bool> is_empty_unopened(const std::vector<std::string>& names,
                                 const rocksdb_options& o, rocksdb::Env& env) {
  rocksdb::DBOptions options;
  options.env = &env;
  options.info_log = std::make_shared<rocksdb_info_log>();
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (auto& name : names)
    families.emplace_back(name, rocksdb::ColumnFamilyOptions{});
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  auto opened = rocksdb::DB::OpenForReadOnly(options, o.folder.string(),
                                             families, &handles, &raw);
  if (!opened.ok())
    return open_failed(o, opened);
  std::unique_ptr<rocksdb::DB> db{raw};
  auto result = is_empty(*db, handles, o);
  for (auto handle : handles)
    db->DestroyColumnFamilyHandle(handle);
  return result;
}

} // namespace

tl::unexpected<error> foreign(const rocksdb_options& o, std::string found) {
  return fail(ec::storage_foreign,
              o.folder.string() + " " + std::move(found)
                + "; choose an empty folder, or one of this batchd");
}

tl::unexpected<error> open_failed(const rocksdb_options& o,
                                  const rocksdb::Status& s) {
  auto text = s.ToString();
  if (is_locked(s))
    return locked(o.folder, s);
  // A table or a list of tables that should be there is not.
  if (s.IsCorruption() || s.IsPathNotFound())
    return fail(ec::storage_corrupt,
                o.folder.string()
                  + " is damaged; restore it from a backup: " + text);
  if (text.find("Permission denied") != std::string::npos
      || text.find("Read-only file system") != std::string::npos)
    return fail(ec::storage_failure,
                o.folder.string()
                  + " must be writable by the user of the service: " + text);
  return fail(s, "Opening " + o.folder.string());
}

expected<std::vector<std::string>> read_family_names(const rocksdb_options& o,
                                                     rocksdb::Env& env) {
  rocksdb::DBOptions options;
  options.env = &env;
  std::vector<std::string> names;
  auto listed
    = rocksdb::DB::ListColumnFamilies(options, o.folder.string(), &names);
  if (!listed.ok())
    return open_failed(o, listed);
  return names;
}

expected<void> check_families(const std::vector<std::string>& names,
                              const rocksdb_options& o, rocksdb::Env& env) {
  auto ours = family_tuning(o);
  for (auto& name : names)
    if (std::none_of(ours.begin(), ours.end(),
                     [&](auto& x) { return x.name == name; }))
      return foreign(o, "holds a RocksDB with the family \"" + name
                          + "\", which this version does not know");
  if (std::find(names.begin(), names.end(), to_string(family::meta))
      != names.end())
    return {};
  // Ours only if its creation was cut off before the first family.
  auto empty = is_empty_unopened(names, o, env);
  if (!empty)
    return fail(empty);
  if (!*empty)
    return foreign(o, "holds a RocksDB of another program");
  return {};
}

expected<void> write_schema(rocksdb_database& x, const rocksdb_options& o) {
  std::vector<rocksdb::ColumnFamilyHandle*> all{x.families.begin(),
                                                x.families.end()};
  all.push_back(x.default_family);
  auto empty = is_empty(*x.db, all, o);
  if (!empty)
    return fail(empty);
  if (!*empty)
    return foreign(o, "holds a RocksDB without the schema of batchd");
  rocksdb::WriteOptions durable;
  durable.sync = true;
  auto written
    = x.db->Put(durable, x.of(family::meta), keys::schema,
                std::string{schema_name} + std::to_string(schema_number));
  if (!written.ok())
    return open_failed(o, written);
  return {};
}

expected<bool> has_schema(const rocksdb_database& x, const rocksdb_options& o) {
  std::string found;
  auto read = x.db->Get({}, x.of(family::meta), keys::schema, &found);
  if (read.IsNotFound())
    return false;
  if (!read.ok())
    return open_failed(o, read);
  unsigned number = 0;
  auto end = found.data() + found.size();
  auto is_ours = found.starts_with(schema_name);
  if (is_ours) {
    auto read_to
      = std::from_chars(found.data() + schema_name.size(), end, number);
    is_ours = read_to.ec == std::errc{} && read_to.ptr == end;
  }
  if (!is_ours)
    return foreign(o, "has the schema \"" + found + "\", not one of batchd");
  if (number > schema_number)
    return foreign(o, "was written by a newer version (schema "
                        + std::to_string(number) + ", this program knows "
                        + std::to_string(schema_number) + ")");
  if (number < schema_number)
    return foreign(o, "was written by an earlier, unreleased version (schema "
                        + std::to_string(number) + ", this program needs "
                        + std::to_string(schema_number)
                        + ") and cannot be converted");
  return true;
}

} // namespace batch
