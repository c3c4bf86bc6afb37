// Folders that are new, not ours, or damaged.
#include "storage/rocksdb_store.hpp"

#include "storage/keys.hpp"
#include "tests/storage/files.hpp"
#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

#include <rocksdb/db.h>

using namespace batch;
using namespace batch::test;

namespace data = boost::unit_test::data;
namespace fs = std::filesystem;

namespace {

/// Creates a store with rows in tables, not only in the log.
void fill(const fs::path& folder) {
  auto store = must(open_rocksdb_store(options_in(folder)));
  auto term = must(store->take_over());
  for (int i = 0; i < 1000; ++i)
    BOOST_REQUIRE(store->commit(put_one(family::things, std::to_string(i),
                                        std::string(100, 'v')),
                                durability::buffered, term)
                  == commit_status::ok);
  store.reset();
  // A start writes what is in the log into tables.
  must(open_rocksdb_store(options_in(folder)));
}

/// Opens and reads everything, and answers the first error.
template <class Store>
error first_error(const expected<Store>& opened) {
  if (!opened)
    return opened.error();
  auto rows = (*opened)->scan(nullptr, family::things, "", "", "", 1 << 20);
  BOOST_REQUIRE(!rows);
  return rows.error();
}

void check_damage_is_told(const error& e, const fs::path& folder) {
  BOOST_TEST(e.code == ec::storage_corrupt);
  BOOST_TEST(e.message.find(folder.string()) != std::string::npos);
  BOOST_TEST(e.message.find("restore") != std::string::npos);
  BOOST_TEST(e.message.find("from a backup") != std::string::npos);
}

struct damage {
  const char* what;
  /// Beginning or end of the name of the damaged file.
  const char* file;
  void (*make)(const fs::path& file);

  friend std::ostream& operator<<(std::ostream& out, const damage& x) {
    return out << x.what << " " << x.file;
  }
};

void spoil(const fs::path& file) {
  auto bytes = read_file(file);
  for (size_t i = 0; i < bytes.size() / 2; ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
  write_file(file, bytes);
}

const damage damages[] = {
  {"spoilt", "CURRENT", spoil},
  {"cut", "CURRENT", cut_file},
  {"removed", "CURRENT", remove_file},
  {"spoilt", "MANIFEST-", spoil},
  {"removed", "MANIFEST-", remove_file},
  {"spoilt", ".sst", spoil},
  {"cut", ".sst", cut_file},
  {"removed", ".sst", remove_file},
};

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_folder_test)

BOOST_AUTO_TEST_CASE(an_absent_folder_is_created_with_its_parents) {
  temporary_folder folder;
  auto deep = folder.path() / "a" / "b" / "";
  BOOST_TEST((must(open_rocksdb_store(options_in(deep))) != nullptr));
  BOOST_TEST(fs::exists(folder.path() / "a" / "b" / "CURRENT"));
}

BOOST_AUTO_TEST_CASE(a_folder_below_a_file_cannot_be_created) {
  temporary_folder folder;
  write_file(folder.path() / "file", "");
  for (auto path : {folder.path() / "file", folder.path() / "file" / "data"}) {
    auto opened = open_rocksdb_store(options_in(path));
    BOOST_TEST(code_of(opened) == ec::storage_failure);
    BOOST_TEST(opened.error().message.find(path.string()) != std::string::npos);
    BOOST_TEST(opened.error().message.find("ot a directory")
               != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_folder_with_other_files_is_left_alone) {
  temporary_folder folder;
  write_file(folder.path() / "photo.jpg", "photo");
  auto opened = open_rocksdb_store(options_in(folder.path()));
  BOOST_TEST(code_of(opened) == ec::storage_foreign);
  BOOST_TEST(opened.error().message.find("photo.jpg") != std::string::npos);
  BOOST_TEST(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_put_into_our_folder_does_no_harm) {
  temporary_folder folder;
  fill(folder.path());
  write_file(folder.path() / "notes.txt", "notes");
  BOOST_TEST((must(open_rocksdb_store(options_in(folder.path()))) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_rocksdb_of_another_program_is_left_alone) {
  for (std::string name : {"default", "photos"}) {
    temporary_folder folder;
    auto path = folder.path().string();
    {
      rocksdb::Options o;
      o.create_if_missing = true;
      rocksdb::DB* db = nullptr;
      BOOST_REQUIRE(rocksdb::DB::Open(o, path, &db).ok());
      rocksdb::ColumnFamilyHandle* photos = nullptr;
      if (name != "default") {
        BOOST_REQUIRE(db->CreateColumnFamily({}, name, &photos).ok());
        db->DestroyColumnFamilyHandle(photos);
      } else {
        BOOST_REQUIRE(db->Put({}, "key", "value").ok());
      }
      delete db;
    }
    auto opened = open_rocksdb_store(options_in(folder.path()));
    BOOST_TEST(code_of(opened) == ec::storage_foreign);
    std::vector<std::string> families;
    BOOST_REQUIRE(rocksdb::DB::ListColumnFamilies({}, path, &families).ok());
    BOOST_TEST(families.size() == (name == "default" ? 1u : 2u));
  }
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused_with_both_numbers) {
  temporary_folder folder;
  {
    auto store = must(open_rocksdb_store(options_in(folder.path())));
    auto term = must(store->take_over());
    store->commit(put_one(family::meta, keys::schema, "batchd 12"),
                  durability::durable, term);
  }
  auto opened = open_rocksdb_store(options_in(folder.path()));
  BOOST_TEST(code_of(opened) == ec::storage_foreign);
  BOOST_TEST(opened.error().message.find(
               "newer version (schema 12, this program knows 3)")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unreleased_schema_is_refused_and_says_what_to_do) {
  temporary_folder folder;
  {
    auto store = must(open_rocksdb_store(options_in(folder.path())));
    auto term = must(store->take_over());
    store->commit(put_one(family::meta, keys::schema, "batchd 1"),
                  durability::durable, term);
  }
  auto opened = open_rocksdb_store(options_in(folder.path()));
  BOOST_TEST(code_of(opened) == ec::storage_foreign);
  BOOST_TEST(opened.error().message
             == folder.path().string()
                  + " was written by an earlier, unreleased version (schema 1, "
                    "this program needs 3) and cannot be converted; choose an "
                    "empty folder, or one of this batchd");
}

BOOST_AUTO_TEST_CASE(a_schema_of_something_else_is_refused) {
  for (auto schema : {"other 1", "batchd ", "batchd 1x", "batchd -1", ""}) {
    temporary_folder folder;
    {
      auto store = must(open_rocksdb_store(options_in(folder.path())));
      auto term = must(store->take_over());
      store->commit(put_one(family::meta, keys::schema, schema),
                    durability::durable, term);
    }
    BOOST_TEST(code_of(open_rocksdb_store(options_in(folder.path())))
               == ec::storage_foreign);
  }
}

BOOST_AUTO_TEST_CASE(rows_without_a_schema_are_refused) {
  temporary_folder folder;
  {
    auto store = must(open_rocksdb_store(options_in(folder.path())));
    auto term = must(store->take_over());
    write_batch batch;
    batch.erase(family::meta, keys::schema);
    store->commit(batch, durability::durable, term);
  }
  BOOST_TEST(code_of(open_rocksdb_store(options_in(folder.path())))
             == ec::storage_foreign);
}

BOOST_AUTO_TEST_CASE(a_creation_cut_off_before_the_schema_is_finished_later) {
  temporary_folder folder;
  {
    auto store = must(open_rocksdb_store(options_in(folder.path())));
    auto term = must(store->take_over());
    write_batch batch;
    batch.erase(family::meta, keys::schema);
    batch.erase(family::meta, keys::term);
    store->commit(batch, durability::durable, term);
  }
  auto store = must(open_rocksdb_store(options_in(folder.path())));
  BOOST_TEST((must(store->get(family::meta, keys::schema)) == "batchd 3"));
  BOOST_TEST(must(store->take_over()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_creation_cut_off_between_families_is_finished_later) {
  for (std::vector<std::string> created :
       {std::vector<std::string>{}, {"meta"}, {"meta", "jobs"}}) {
    temporary_folder folder;
    {
      rocksdb::Options o;
      o.create_if_missing = true;
      rocksdb::DB* db = nullptr;
      BOOST_REQUIRE(rocksdb::DB::Open(o, folder.path().string(), &db).ok());
      for (auto& name : created) {
        rocksdb::ColumnFamilyHandle* handle = nullptr;
        BOOST_REQUIRE(db->CreateColumnFamily({}, name, &handle).ok());
        db->DestroyColumnFamilyHandle(handle);
      }
      delete db;
    }
    BOOST_TEST(
      (must(open_rocksdb_store(options_in(folder.path()))) != nullptr));
  }
}

BOOST_AUTO_TEST_CASE(a_creation_cut_off_before_current_is_finished_later) {
  temporary_folder folder;
  for (auto name :
       {"LOCK", "IDENTITY", "MANIFEST-000001", "000001.dbtmp", "rocksdb.log"})
    write_file(folder.path() / name, "half");
  fs::create_directory(folder.path() / "lost+found");
  BOOST_TEST((must(open_rocksdb_store(options_in(folder.path()))) != nullptr));
}

BOOST_DATA_TEST_CASE(a_damaged_file_is_told_and_nothing_is_lost_in_silence,
                     data::make(damages), x) {
  temporary_folder folder;
  fill(folder.path());
  x.make(largest_file(folder.path(), x.file));
  auto o = options_in(folder.path());
  check_damage_is_told(first_error(open_rocksdb_for_reading(o)), o.folder);
  check_damage_is_told(first_error(open_rocksdb_store(o)), o.folder);
}

BOOST_AUTO_TEST_SUITE_END()
