// What only the store on disk has to do: last, age, and give space back.
#include "storage/rocksdb_store.hpp"

#include "codecs/limits.hpp"
#include "storage/keys.hpp"
#include "tests/storage/stores.hpp"

#include <chrono>
#include <thread>

using namespace batch;
using namespace batch::test;
using namespace std::chrono_literals;

namespace {

/// Bytes of all tables in a folder.
uintmax_t table_bytes(const std::filesystem::path& folder) {
  uintmax_t sum = 0;
  for (auto& file : std::filesystem::directory_iterator{folder}) {
    std::error_code gone_meanwhile;
    if (file.path().extension() == ".sst")
      if (auto size = file.file_size(gone_meanwhile); !gone_meanwhile)
        sum += size;
  }
  return sum;
}

/// Bytes that do not compress.
std::string noise(size_t bytes) {
  std::string result;
  for (uint64_t x = bytes; result.size() < bytes;
       x = x * 6364136223846793005 + 1)
    result.push_back(static_cast<char>(x >> 56));
  return result;
}

/// A store whose clock is the test's.
struct timed_store {
  temporary_folder folder;
  std::chrono::steady_clock::time_point now{1h};
  store_ptr store = open();

  store_ptr open() {
    auto o = options_in(folder.path());
    o.now = [this] { return now; };
    return must(open_rocksdb_store(o));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_store_test)

BOOST_AUTO_TEST_CASE(everything_is_there_after_opening_again) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  for (uint64_t round = 1; round <= 3; ++round) {
    auto store = must(open_rocksdb_store(o));
    auto term = must(store->take_over());
    BOOST_TEST(term == round);
    row_list wanted;
    for (uint64_t i = 1; i < round; ++i)
      wanted.emplace_back(std::to_string(i), "value");
    for (size_t i = 1; i < family_count; ++i)
      BOOST_TEST((read_all(*store, static_cast<family>(i)) == wanted));
    write_batch batch;
    for (size_t i = 1; i < family_count; ++i)
      batch.put(static_cast<family>(i), std::to_string(round), "value");
    BOOST_TEST(store->commit(batch, durability::buffered, term)
               == commit_status::ok);
  }
}

BOOST_AUTO_TEST_CASE(the_schema_is_written_at_the_first_opening) {
  temporary_folder folder;
  auto store = must(open_rocksdb_store(options_in(folder.path())));
  BOOST_TEST((must(store->get(family::meta, keys::schema)) == "batchd 3"));
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_is_gone_when_it_is_too_old, timed_store) {
  auto view = store->take_snapshot();
  auto scan
    = [&] { return store->scan(view, family::things, "", "", "", 100); };
  now += snapshot_age_max;
  BOOST_TEST(must(scan()).empty());
  now += 1ms;
  BOOST_TEST(code_of(scan()) == ec::snapshot_gone);
  // It does not come back, whatever the clock says.
  now -= 1h;
  BOOST_TEST(code_of(scan()) == ec::snapshot_gone);
}

BOOST_FIXTURE_TEST_CASE(a_long_scan_goes_on_whatever_its_pauses_are,
                        timed_store) {
  constexpr size_t page_bytes = 64 << 10;
  auto term = must(store->take_over());
  for (int i = 100; i < 140; ++i)
    BOOST_TEST(store->commit(put_one(family::things, std::to_string(i),
                                     std::string(20'000, 'v')),
                             durability::buffered, term)
               == commit_status::ok);
  auto view = store->take_snapshot();
  std::string last;
  for (int rows = 0; rows < 40;) {
    auto page
      = must(store->scan(view, family::things, "", "", last, page_bytes));
    for (auto& row : rows_of(page))
      BOOST_TEST(row.first == std::to_string(100 + rows++));
    last = page.last_key();
    // The file system and the memory of the iterator are those of another time.
    now += rows % 3 == 0 ? 2s : 1ms;
    BOOST_TEST(store->commit(put_one(family::things, last, "new"),
                             durability::durable, term)
               == commit_status::ok);
  }
  // One that was kept ends with its view.
  must(store->scan(view, family::things, "", "", "100", page_bytes));
  now += snapshot_age_max;
  BOOST_TEST(
    code_of(store->scan(view, family::things, "", "", "103", page_bytes))
    == ec::snapshot_gone);
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_that_nobody_reads_ends_with_a_durable_commit,
                        timed_store) {
  auto term = must(store->take_over());
  auto view = store->take_snapshot();
  now += 2 * snapshot_age_max;
  BOOST_TEST(store->commit({}, durability::durable, term) == commit_status::ok);
  now -= 2 * snapshot_age_max;
  BOOST_TEST(code_of(store->scan(view, family::things, "", "", "", 100))
             == ec::snapshot_gone);
}

BOOST_AUTO_TEST_CASE(a_snapshot_holds_the_lock_until_it_goes) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  auto view = must(open_rocksdb_store(o))->take_snapshot();
  BOOST_TEST(code_of(open_rocksdb_store(o)) == ec::storage_locked);
  view.reset();
  BOOST_TEST((must(open_rocksdb_store(o)) != nullptr));
}

BOOST_AUTO_TEST_CASE(capacity_is_told_by_the_free_bytes) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  o.free_bytes_low = UINT64_MAX;
  o.free_bytes_full = 0;
  BOOST_TEST((must(open_rocksdb_store(o))->capacity() == capacity::low));
  o.free_bytes_full = UINT64_MAX;
  BOOST_TEST((must(open_rocksdb_store(o))->capacity() == capacity::full));
  o.free_bytes_low = o.free_bytes_full = 0;
  BOOST_TEST((must(open_rocksdb_store(o))->capacity() == capacity::ok));
}

BOOST_AUTO_TEST_CASE(the_default_reserve_grows_with_memory_and_log) {
  rocksdb_options o;
  BOOST_TEST(free_bytes_low_default(o) == 1u << 30);
  o.wal_bytes_max = 1 << 30;
  BOOST_TEST(free_bytes_low_default(o) > 2u << 30);
}

BOOST_AUTO_TEST_CASE(erasing_a_range_gives_its_space_back,
                     *boost::unit_test::timeout(120)) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  o.memtable_bytes = 1 << 20;
  auto store = must(open_rocksdb_store(o));
  auto term = must(store->take_over());
  const auto value = noise(100'000);
  for (uint32_t i = 0; i < 160; ++i)
    BOOST_REQUIRE(
      store->commit(put_one(family::chunks, keys::chunk(7, i), value),
                    durability::buffered, term)
      == commit_status::ok);
  auto other = put_one(family::chunks, keys::chunk(8, 0), "kept");
  store->commit(other, durability::buffered, term);
  auto before = table_bytes(folder.path());
  BOOST_TEST(before > 8u << 20);
  write_batch erasure;
  auto all = keys::of_job(7);
  erasure.erase_range(family::chunks, all.from, all.to);
  BOOST_TEST(store->commit(erasure, durability::buffered, term)
             == commit_status::ok);
  // The outcome is awaited; how long it takes does not matter here.
  while (table_bytes(folder.path()) > before / 10)
    std::this_thread::yield();
  row_list wanted = {{keys::chunk(8, 0), "kept"}};
  BOOST_TEST((read_all(*store, family::chunks) == wanted));
}

BOOST_AUTO_TEST_CASE(closing_does_not_wait_for_space_to_be_given_back) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  o.memtable_bytes = 64 << 10;
  auto store = must(open_rocksdb_store(o));
  auto term = must(store->take_over());
  const auto value = noise(10'000);
  for (uint64_t job = 1; job <= 100; ++job) {
    write_batch batch;
    for (uint32_t i = 0; i < 5; ++i)
      batch.put(family::chunks, keys::chunk(job, i), value);
    auto last = keys::of_job(job - 1);
    batch.erase_range(family::chunks, last.from, last.to);
    BOOST_REQUIRE(store->commit(batch, durability::buffered, term)
                  == commit_status::ok);
  }
  store.reset();
  store = must(open_rocksdb_store(o));
  BOOST_TEST(read_all(*store, family::chunks).size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
