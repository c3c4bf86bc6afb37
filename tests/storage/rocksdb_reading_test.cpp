// A store that is only looked at.
#include "storage/rocksdb_store.hpp"

#include "storage/keys.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/files.hpp"
#include "tests/storage/stores.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

using namespace batch;
using namespace batch::test;

namespace fs = std::filesystem;

namespace {

constexpr int rows_in_tables = 100;

/// A data folder with rows in tables and one in the log.
struct filled_fixture {
  temporary_folder parent;
  fs::path folder = parent.path() / "data";

  filled_fixture() {
    for (int i = 0; i < rows_in_tables; ++i)
      put(numbered(i), random_bytes(1000, i));
    // A start writes what is in the log into tables.
    must(open_rocksdb_store(options_in(folder)));
    put("in the log", "value");
  }

  void put(std::string_view key, std::string_view value) {
    if (!store) {
      store = must(open_rocksdb_store(options_in(folder)));
      term = must(store->take_over());
    }
    BOOST_REQUIRE(store->commit(put_one(family::things, key, value),
                                durability::durable, term)
                  == commit_status::ok);
    if (key == numbered(rows_in_tables - 1) || key == "in the log")
      store.reset();
  }

  store_ptr store;
  uint64_t term = 0;
};

/// Name, size, time of change and content of every file.
auto look_at(const fs::path& folder) {
  std::map<std::string, std::tuple<int64_t, int64_t, std::string>> result;
  for (auto& x : fs::recursive_directory_iterator{folder}) {
    struct stat file {};
    BOOST_REQUIRE(::stat(x.path().c_str(), &file) == 0);
    result[x.path().string()]
      = {file.st_mtim.tv_sec, file.st_mtim.tv_nsec, read_file(x.path())};
  }
  return result;
}

bool says(const error& e, std::string_view part) {
  return e.message.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rocksdb_reading_test, filled_fixture)

BOOST_AUTO_TEST_CASE(it_sees_tables_and_log_and_changes_nothing) {
  // What a crash may leave behind must stay as well.
  write_file(folder / "000999.sst", "half");
  write_file(folder / "000998.dbtmp", "half");
  auto before = look_at(folder);
  {
    auto opened = must(open_rocksdb_for_reading(options_in(folder)));
    auto rows = read_all(*opened, family::things);
    BOOST_TEST(rows.size() == rows_in_tables + 1u);
    BOOST_TEST(must(opened->get(family::things, "in the log")).value()
               == "value");
    std::vector<std::string> keys = {numbered(3), "absent"};
    auto values = must(opened->get_many(family::things, keys));
    BOOST_TEST(values[0].value() == random_bytes(1000, 3));
    BOOST_TEST(!values[1]);
    BOOST_TEST(
      (read_all(*opened, opened->take_snapshot(), family::things) == rows));
    must(opened->verify_checksums());
    BOOST_TEST(!opened->health().writable);
    BOOST_TEST(code_of(opened->backup(parent.path() / "backups"))
               == ec::storage_failure);
  }
  BOOST_TEST((look_at(folder) == before));
}

BOOST_AUTO_TEST_CASE(a_folder_in_use_is_refused) {
  store = must(open_rocksdb_store(options_in(folder)));
  auto here = open_rocksdb_for_reading(options_in(folder));
  BOOST_TEST(code_of(here) == ec::storage_locked);
  BOOST_TEST(says(here.error(), folder.string()));
  auto how = run_part("open_for_reading", folder);
  BOOST_REQUIRE(WIFEXITED(how));
  BOOST_TEST(static_cast<ec>(WEXITSTATUS(how)) == ec::storage_locked);
  // Nor by somebody who may not write the lock file.
  fs::permissions(parent.path(), fs::perms{0755});
  how = run_part("open_for_reading_as_nobody", folder);
  BOOST_TEST(static_cast<ec>(WEXITSTATUS(how)) == ec::storage_locked);
  // Looking did not end the lock of the one that uses it.
  how = run_part("open", folder);
  BOOST_TEST(static_cast<ec>(WEXITSTATUS(how)) == ec::storage_locked);
}

BOOST_AUTO_TEST_CASE(no_server_opens_it_meanwhile) {
  auto opened = must(open_rocksdb_for_reading(options_in(folder)));
  auto how = run_part("open", folder);
  BOOST_TEST(static_cast<ec>(WEXITSTATUS(how)) == ec::storage_locked);
  opened.reset();
  BOOST_TEST(run_part("open", folder) == 0);
}

BOOST_AUTO_TEST_CASE(a_folder_that_can_only_be_read_is_read) {
  // The test may run as root, whom permissions do not stop: the part first
  // becomes nobody.
  fs::permissions(parent.path(), fs::perms{0755});
  for (auto& x : fs::directory_iterator{folder})
    fs::permissions(x, fs::perms{0444});
  fs::permissions(folder, fs::perms{0555});
  auto before = look_at(folder);
  BOOST_TEST(run_part("open_for_reading_as_nobody", folder) == 0);
  BOOST_TEST((look_at(folder) == before));
  // A server cannot use it, and says why.
  auto how = run_part("open_as_nobody", folder);
  BOOST_TEST(static_cast<ec>(WEXITSTATUS(how)) == ec::storage_failure);
  fs::permissions(folder, fs::perms{0755});
}

BOOST_AUTO_TEST_CASE(a_folder_without_lock_file_gets_none) {
  fs::remove(folder / "LOCK");
  must(open_rocksdb_for_reading(options_in(folder)));
  BOOST_TEST(!fs::exists(folder / "LOCK"));
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_store_is_told) {
  auto absent = parent.path() / "absent";
  auto opened = open_rocksdb_for_reading(options_in(absent));
  BOOST_TEST(code_of(opened) == ec::storage_failure);
  BOOST_TEST(says(opened.error(), absent.string() + " is not a folder"));
  BOOST_TEST(!fs::exists(absent));
  fs::create_directory(absent);
  opened = open_rocksdb_for_reading(options_in(absent));
  BOOST_TEST(code_of(opened) == ec::storage_foreign);
  BOOST_TEST(says(opened.error(), absent.string() + " holds no store"));
  BOOST_TEST(fs::is_empty(absent));
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused_here_too) {
  store = must(open_rocksdb_store(options_in(folder)));
  term = must(store->take_over());
  store->commit(put_one(family::meta, keys::schema, "batchd 12"),
                durability::durable, term);
  store.reset();
  BOOST_TEST(code_of(open_rocksdb_for_reading(options_in(folder)))
             == ec::storage_foreign);
}

BOOST_AUTO_TEST_CASE(a_spoilt_byte_in_a_table_is_found_and_its_file_named) {
  auto table = largest_file(folder, ".sst");
  flip_byte(table);
  auto opened = must(open_rocksdb_for_reading(options_in(folder)));
  auto verified = opened->verify_checksums();
  BOOST_REQUIRE(!verified);
  BOOST_TEST(verified.error().code == ec::storage_corrupt);
  BOOST_TEST(says(verified.error(), table.string()));
  BOOST_TEST(says(verified.error(), "restore it from a backup"));
  auto rows = opened->scan(nullptr, family::things, "", "", "", 1 << 20);
  BOOST_TEST(code_of(rows) == ec::storage_corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
