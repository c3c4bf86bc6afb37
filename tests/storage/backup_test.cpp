// Backups: written while the store is in use, restored whole or not at all.
#include "storage/backup.hpp"

#include "storage/folder_lock.hpp"
#include "tests/storage/files.hpp"
#include "tests/storage/stores.hpp"

#include <atomic>
#include <thread>

using namespace batch;
using namespace batch::test;

namespace fs = std::filesystem;

namespace {

struct backup_fixture {
  temporary_folder folder;
  fs::path data = folder.path() / "data";
  fs::path backups = folder.path() / "backups";
  fs::path target = folder.path() / "restored";
  store_ptr store = must(open_rocksdb_store(options_in(data)));
  uint64_t term = must(store->take_over());

  void put(std::string_view key, durability d = durability::durable) {
    BOOST_REQUIRE(store->commit(put_one(family::things, key, "value"), d, term)
                  == commit_status::ok);
  }

  row_list restored_rows() {
    return read_all(*must(open_rocksdb_store(options_in(target))),
                    family::things);
  }
};

bool says(const error& e, std::string_view part) {
  return e.message.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(backup_test, backup_fixture)

BOOST_AUTO_TEST_CASE(a_restored_backup_opens_with_equal_content) {
  put("a");
  put("b", durability::buffered);
  auto written = must(store->backup(backups));
  BOOST_TEST(written.number == 1u);
  BOOST_TEST(written.bytes > 0u);
  BOOST_TEST(written.files > 0u);
  using namespace std::chrono_literals;
  BOOST_TEST(
    (std::chrono::abs(written.created - std::chrono::system_clock::now())
     < 60s));
  put("later");
  auto restored = must(restore_backup(backups, std::nullopt, target));
  BOOST_TEST(restored.number == 1u);
  BOOST_TEST(restored.bytes == written.bytes);
  row_list wanted = {{"a", "value"}, {"b", "value"}};
  BOOST_TEST((restored_rows() == wanted));
  auto opened = must(open_rocksdb_store(options_in(target)));
  BOOST_TEST(must(opened->take_over()) == term + 1);
  BOOST_TEST(!fs::exists(folder.path() / "restored.restoring"));
}

BOOST_AUTO_TEST_CASE(a_second_backup_writes_only_what_is_new) {
  for (int i = 0; i < 200; ++i)
    BOOST_REQUIRE(store->commit(put_one(family::things, std::to_string(i),
                                        random_bytes(5000, i)),
                                durability::buffered, term)
                  == commit_status::ok);
  must(store->backup(backups));
  auto before = bytes_below(backups);
  put("new");
  auto second = must(store->backup(backups));
  BOOST_TEST(second.number == 2u);
  BOOST_TEST(second.bytes > 1'000'000u);
  BOOST_TEST(bytes_below(backups) - before < 500'000u);
  must(restore_backup(backups, 1, target));
  BOOST_TEST(restored_rows().size() == 200u);
}

BOOST_AUTO_TEST_CASE(the_list_tells_of_each_backup_oldest_first) {
  put("a");
  auto first = must(store->backup(backups));
  put("b");
  must(store->backup(backups));
  auto all = must(list_backups(backups));
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].number == 1u);
  BOOST_TEST(all[0].bytes == first.bytes);
  BOOST_TEST(all[0].files == first.files);
  BOOST_TEST((all[0].created == first.created));
  BOOST_TEST(all[1].number == 2u);
  BOOST_TEST(!all[1].damaged);
}

BOOST_AUTO_TEST_CASE(commits_go_on_during_a_backup_and_it_holds_a_prefix) {
  std::atomic<int> done = 0;
  std::atomic<bool> ending = false;
  std::thread writer{[&] {
    for (int i = 0; !ending; ++i) {
      auto key = numbered(i);
      write_batch changes;
      changes.put(family::things, key, "value");
      changes.put(family::marks, key, "value");
      if (store->commit(changes, durability::buffered, term)
          != commit_status::ok)
        return;
      done = i + 1;
    }
  }};
  while (done < 100)
    std::this_thread::yield();
  auto before = done.load();
  auto written = store->backup(backups);
  ending = true;
  writer.join();
  must(written);
  must(restore_backup(backups, std::nullopt, target));
  auto opened = must(open_rocksdb_store(options_in(target)));
  auto rows = read_all(*opened, family::things);
  BOOST_TEST(rows.size() >= static_cast<size_t>(before));
  BOOST_TEST(std::stoul(rows.back().first) + 1 == rows.size());
  BOOST_TEST((rows == read_all(*opened, family::marks)));
}

BOOST_AUTO_TEST_CASE(a_second_backup_at_the_same_time_is_refused) {
  for (int i = 0; i < 200; ++i)
    store->commit(
      put_one(family::things, std::to_string(i), random_bytes(50'000, i)),
      durability::buffered, term);
  std::atomic<int> written = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      auto result = store->backup(backups);
      if (result)
        ++written;
      else if (result.error().code == ec::conflict)
        ++refused;
    });
  for (auto& x : threads)
    x.join();
  BOOST_TEST(written >= 1);
  BOOST_TEST(written + refused == 8);
  BOOST_TEST(must(list_backups(backups)).size()
             == static_cast<size_t>(written.load()));
}

BOOST_AUTO_TEST_CASE(a_folder_that_another_writer_works_on_is_refused) {
  fs::create_directory(backups);
  {
    auto lock = must(folder_lock::take(backups, folder_lock::kind::exclusive));
    auto result = store->backup(backups);
    BOOST_TEST(code_of(result) == ec::conflict);
    BOOST_TEST(says(result.error(), backups.string()));
  }
  must(store->backup(backups));
}

BOOST_AUTO_TEST_CASE(a_folder_with_something_else_takes_no_backup) {
  write_file(folder.path() / "photo.jpg", "photo");
  for (auto& x : {data, folder.path()}) {
    auto result = store->backup(x);
    BOOST_TEST(code_of(result) == ec::storage_foreign);
    BOOST_TEST(says(result.error(), x.string()));
    BOOST_TEST(!fs::exists(x / "meta"));
  }
  put("a");
}

BOOST_AUTO_TEST_CASE(stores_without_backup_say_so) {
  for (auto x : {make_memory_store(), store_ptr{make_hostile_store({})}})
    BOOST_TEST(code_of(x->backup(backups)) == ec::storage_failure);
  BOOST_TEST(!fs::exists(backups));
}

BOOST_AUTO_TEST_CASE(a_folder_without_backups_is_told) {
  for (auto& x : {folder.path(), folder.path() / "absent", data}) {
    auto restored = restore_backup(x, std::nullopt, target);
    BOOST_TEST(code_of(restored) == ec::storage_foreign);
    BOOST_TEST(says(restored.error(), x.string() + " holds no backups"));
    BOOST_TEST(code_of(list_backups(x)) == ec::storage_foreign);
  }
  BOOST_TEST(!fs::exists(target));
}

BOOST_AUTO_TEST_CASE(a_number_that_no_backup_has_is_told) {
  must(store->backup(backups));
  auto restored = restore_backup(backups, 7, target);
  BOOST_TEST(code_of(restored) == ec::storage_failure);
  BOOST_TEST(says(restored.error(), "no backup 7; the newest is 1"));
  BOOST_TEST(!fs::exists(target));
}

BOOST_AUTO_TEST_CASE(a_data_folder_that_is_not_empty_is_left_alone) {
  must(store->backup(backups));
  write_file(target, "a file");
  BOOST_TEST(code_of(restore_backup(backups, std::nullopt, target))
             == ec::storage_failure);
  fs::remove(target);
  fs::create_directory(target);
  write_file(target / "photo.jpg", "photo");
  auto restored = restore_backup(backups, std::nullopt, target);
  BOOST_TEST(code_of(restored) == ec::conflict);
  BOOST_TEST(says(restored.error(), target.string() + " is not empty"));
  BOOST_TEST(read_file(target / "photo.jpg") == "photo");
  fs::remove(target / "photo.jpg");
  must(restore_backup(backups, std::nullopt, target / ""));
}

BOOST_AUTO_TEST_CASE(a_data_folder_in_use_is_left_alone) {
  put("a");
  must(store->backup(backups));
  BOOST_TEST(code_of(restore_backup(backups, std::nullopt, data))
             == ec::storage_locked);
  // The store that uses it is none the worse.
  put("b");
  BOOST_TEST(code_of(open_rocksdb_store(options_in(data)))
             == ec::storage_locked);
  store.reset();
  BOOST_TEST(code_of(restore_backup(backups, std::nullopt, data))
             == ec::conflict);
}

BOOST_AUTO_TEST_CASE(what_a_cut_off_restore_left_is_no_obstacle) {
  must(store->backup(backups));
  auto left = folder.path() / "restored.restoring";
  fs::create_directories(left);
  write_file(left / "000099.sst", "half");
  {
    auto lock = must(folder_lock::take(left, folder_lock::kind::exclusive));
    BOOST_TEST(code_of(restore_backup(backups, std::nullopt, target))
               == ec::conflict);
  }
  must(restore_backup(backups, std::nullopt, target));
  BOOST_TEST(!fs::exists(left));
  BOOST_TEST(!fs::exists(target / "000099.sst"));
}

BOOST_AUTO_TEST_CASE(a_damaged_backup_restores_nothing) {
  put("a");
  must(store->backup(backups));
  put("b");
  must(store->backup(backups));
  for (auto damage : {flip_byte, cut_file, remove_file}) {
    auto copy = folder.path() / "copy";
    fs::copy(backups, copy, fs::copy_options::recursive);
    damage(largest_file(copy / "private" / "2"));
    auto restored = restore_backup(copy, std::nullopt, target);
    BOOST_TEST(code_of(restored) == ec::storage_corrupt);
    BOOST_TEST(says(restored.error(), "Backup 2 in " + copy.string()));
    BOOST_TEST(!fs::exists(target));
    BOOST_TEST(!fs::exists(folder.path() / "restored.restoring"));
    // The other one is whole, and is not taken in its place unasked.
    auto all = must(list_backups(copy));
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].damaged == false);
    BOOST_TEST(must(restore_backup(copy, 1, target)).number == 1u);
    fs::remove_all(target);
    fs::remove_all(copy);
  }
}

BOOST_AUTO_TEST_CASE(a_spoilt_shared_table_is_found) {
  put("a");
  must(store->backup(backups));
  flip_byte(largest_file(backups / "shared_checksum"));
  BOOST_TEST(code_of(restore_backup(backups, std::nullopt, target))
             == ec::storage_corrupt);
  BOOST_TEST(!fs::exists(target));
}

BOOST_AUTO_TEST_CASE(missing_files_are_seen_in_the_list) {
  put("a");
  must(store->backup(backups));
  remove_file(largest_file(backups / "private" / "1"));
  auto all = must(list_backups(backups));
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0].number == 1u);
  BOOST_TEST(all[0].damaged);
}

BOOST_AUTO_TEST_SUITE_END()
