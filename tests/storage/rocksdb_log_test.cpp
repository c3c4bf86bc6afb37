// Logs that a power cut has torn, and logs that lost what was durable.
#include "storage/rocksdb_log_check.hpp"

#include "storage/data_folder.hpp"
#include "storage/rocksdb_store.hpp"
#include "tests/storage/files.hpp"
#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;

namespace data = boost::unit_test::data;
namespace fs = std::filesystem;

namespace {

constexpr int durable_rows = 12;
constexpr int buffered_rows = 8;

/// RocksDB's logs, oldest first; not the one it tells of itself in.
std::vector<fs::path> logs_in(const fs::path& folder) {
  std::vector<fs::path> result;
  for (auto& x : fs::directory_iterator{folder})
    if (x.path().extension() == ".log" && x.path().filename() != info_log_name)
      result.push_back(x.path());
  std::sort(result.begin(), result.end());
  BOOST_REQUIRE(!result.empty());
  return result;
}

/// A folder with one log: durable rows in front, buffered ones behind.
struct log_fixture {
  temporary_folder parent;
  fs::path folder = parent.path() / "data";
  fs::path log;
  size_t durable_bytes = 0; // of the log
  size_t all_bytes = 0;

  void fill(size_t value_bytes, int buffered = buffered_rows) {
    {
      auto store = must(open_rocksdb_store(options_in(folder)));
      auto term = must(store->take_over());
      auto put = [&](int i, durability d) {
        BOOST_REQUIRE(store->commit(put_one(family::things, numbered(i),
                                            std::string(value_bytes, 'v')),
                                    d, term)
                      == commit_status::ok);
      };
      for (int i = 0; i < durable_rows; ++i)
        put(i, durability::durable);
      log = logs_in(folder).back();
      durable_bytes = fs::file_size(log);
      for (int i = durable_rows; i < durable_rows + buffered; ++i)
        put(i, durability::buffered);
    }
    all_bytes = fs::file_size(log);
  }

  /// Rows that are there, which must be the first ones.
  template <class Store>
  size_t rows(const expected<Store>& opened) {
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    auto found = read_all(**opened, family::things);
    for (size_t i = 0; i < found.size(); ++i)
      BOOST_TEST(found[i].first == numbered(static_cast<int>(i)));
    return found.size();
  }

  /// Opens it both ways.
  size_t rows_left() {
    auto before = read_file(log);
    auto seen = rows(open_rocksdb_for_reading(options_in(folder)));
    BOOST_TEST((read_file(log) == before));
    auto left = rows(open_rocksdb_store(options_in(folder)));
    BOOST_TEST(left == seen);
    return left;
  }

  void check_refused() {
    auto o = options_in(folder);
    check_error(open_rocksdb_for_reading(o));
    check_error(open_rocksdb_store(o));
  }

  template <class Store>
  void check_error(const expected<Store>& opened) {
    BOOST_TEST(code_of(opened) == ec::storage_corrupt);
    auto& message = opened.error().message;
    BOOST_TEST(message.find(folder.string()
                            + " is damaged: its log lost "
                              "writes that were durable")
               != std::string::npos);
    BOOST_TEST(message.find("restore the folder from a backup")
               != std::string::npos);
  }
};

/// Writes zeros, as blocks of a file read that never reached the disk.
void blank(const fs::path& file, size_t from, size_t size) {
  auto bytes = read_file(file);
  bytes.replace(from, size, size, '\0');
  write_file(file, bytes);
}

// One block of the log holds all, and one row goes over several blocks.
const size_t value_sizes[] = {10, 3000, 40'000};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rocksdb_log_test, log_fixture)

BOOST_DATA_TEST_CASE(a_torn_end_opens_without_what_it_held,
                     data::make(value_sizes), value_bytes) {
  fill(value_bytes);
  auto whole = read_file(log);
  for (size_t cut : {size_t{1}, size_t{5}, (all_bytes - durable_bytes) / 2,
                     all_bytes - durable_bytes - 1}) {
    temporary_folder copy;
    log_fixture x;
    fs::copy(folder, x.folder, fs::copy_options::recursive);
    x.log = x.folder / log.filename();
    fs::resize_file(x.log, all_bytes - cut);
    auto left = x.rows_left();
    BOOST_TEST(left >= size_t{durable_rows});
    BOOST_TEST(left < size_t{durable_rows + buffered_rows});
  }
}

BOOST_DATA_TEST_CASE(a_spoilt_byte_before_what_is_durable_is_refused,
                     data::make(value_sizes) * data::xrange(1, 17, 3),
                     value_bytes, part) {
  fill(value_bytes);
  // Some hit a row, some a mark, some the header of a record.
  auto at = durable_bytes * part / 17;
  flip_byte_at(log, at);
  check_refused();
  // Nothing was given up by looking: mended, everything is there.
  flip_byte_at(log, at);
  BOOST_TEST(rows_left() == size_t{durable_rows + buffered_rows});
}

BOOST_DATA_TEST_CASE(a_log_that_is_damaged_at_its_begin_is_refused,
                     data::make(value_sizes), value_bytes) {
  fill(value_bytes);
  flip_byte_at(log, 8);
  check_refused();
  flip_byte_at(log, 8);
  BOOST_TEST(rows_left() == size_t{durable_rows + buffered_rows});
}

BOOST_DATA_TEST_CASE(the_last_durable_write_is_guarded_by_its_mark,
                     data::make(value_sizes), value_bytes) {
  fill(value_bytes, 0);
  flip_byte_at(log, durable_bytes - 60); // its mark has 46 bytes
  check_refused();
}

BOOST_DATA_TEST_CASE(a_hole_in_what_was_not_durable_is_a_torn_end,
                     data::make(value_sizes), value_bytes) {
  fill(value_bytes);
  // Records behind the hole did reach the disk.
  auto size = (all_bytes - durable_bytes) / 4;
  blank(log, durable_bytes + size, size);
  auto left = rows_left();
  BOOST_TEST(left >= size_t{durable_rows});
  BOOST_TEST(left < size_t{durable_rows + buffered_rows});
}

BOOST_AUTO_TEST_CASE(a_hole_in_what_was_durable_is_refused) {
  fill(3000);
  blank(log, durable_bytes / 3, 4096);
  check_refused();
}

BOOST_AUTO_TEST_CASE(text_of_users_is_no_mark) {
  // The text of a mark that says everything was synced, in a row.
  std::string forged = "batchd synced to ";
  forged.append(8, '\x7f');
  {
    auto store = must(open_rocksdb_store(options_in(folder)));
    auto term = must(store->take_over());
    log = logs_in(folder).back();
    store->commit(put_one(family::things, "a", ""), durability::buffered, term);
    durable_bytes = fs::file_size(log);
    store->commit(put_one(family::things, "b", ""), durability::buffered, term);
    store->commit(put_one(family::things, "c", forged), durability::buffered,
                  term);
  }
  flip_byte_at(log, durable_bytes + 20);
  auto store = must(open_rocksdb_store(options_in(folder)));
  BOOST_TEST(read_all(*store, family::things).size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_older_logs_does_not_count) {
  auto o = options_in(folder);
  o.memtable_bytes = 64 << 10;
  o.wal_bytes_max = 128 << 10;
  fs::path old;
  std::string old_bytes;
  {
    auto store = must(open_rocksdb_store(o));
    auto term = must(store->take_over());
    old = logs_in(folder).front();
    for (int i = 0; fs::exists(old); ++i) {
      if (i == 5)
        old_bytes = read_file(old);
      BOOST_REQUIRE(store->commit(put_one(family::things, numbered(i),
                                          std::string(3000, 'v')),
                                  durability::durable, term)
                    == commit_status::ok);
    }
  }
  BOOST_REQUIRE(!old_bytes.empty());
  auto all = read_all(*must(open_rocksdb_for_reading(o)), family::things);
  // A crash kept it from being deleted, and the one after it was. Families
  // without rows still name it as theirs.
  write_file(old, old_bytes);
  log = logs_in(folder).back();
  fs::resize_file(log, fs::file_size(log) - 1);
  auto left = rows_left();
  BOOST_TEST(left <= all.size());
  BOOST_TEST(left + 1 >= all.size());
}

BOOST_AUTO_TEST_CASE(a_missing_log_is_refused) {
  ::setenv(faults_variable, "seed=4", 1);
  run_part("commit_until_killed", folder);
  ::unsetenv(faults_variable);
  auto logs = logs_in(folder);
  BOOST_REQUIRE(logs.size() >= 2u);
  fs::rename(logs[logs.size() - 2], parent.path() / "away");
  check_refused();
  fs::rename(parent.path() / "away", logs[logs.size() - 2]);
  log = logs.back();
  BOOST_TEST(rows_left() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
