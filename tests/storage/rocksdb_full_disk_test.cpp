// A disk that fills up while the store is open, and before it is opened.
#include "storage/rocksdb_store.hpp"

#include "tests/storage/full_disk.hpp"
#include "tests/storage/stores.hpp"

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(rocksdb_full_disk_test)

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_commits_and_loses_none) {
  for (auto d : {durability::buffered, durability::durable}) {
    temporary_folder folder;
    auto o = options_in(folder.path());
    {
      auto store = must(open_rocksdb_store(o));
      auto term = must(store->take_over());
      auto put = [&](std::string_view key) {
        return store->commit(put_one(family::things, key, ""), d, term);
      };
      BOOST_TEST(put("before") == commit_status::ok);
      full_disk full{folder.path()};
      BOOST_TEST(put("during") == commit_status::no_space);
      BOOST_TEST(full_disk::refused() > 0u);
      BOOST_TEST(!store->health().writable);
      BOOST_TEST(!store->health().message.empty());
      BOOST_TEST(put("during too") == commit_status::no_space);
      // Reading goes on, and shows nothing of what was refused.
      BOOST_TEST(read_all(*store, family::things).size() == 1u);
      auto view = store->take_snapshot();
      BOOST_TEST(read_all(*store, view, family::things).size() == 1u);
    }
    auto store = must(open_rocksdb_store(o));
    row_list wanted = {{"before", ""}};
    BOOST_TEST((read_all(*store, family::things) == wanted));
    auto term = must(store->take_over());
    BOOST_TEST(store->commit(put_one(family::things, "after", ""), d, term)
               == commit_status::ok);
  }
}

BOOST_AUTO_TEST_CASE(opening_on_a_full_disk_is_an_error_not_an_abort) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  {
    full_disk full{folder.path()};
    BOOST_TEST(code_of(open_rocksdb_store(o)) == ec::storage_full);
  }
  {
    auto store = must(open_rocksdb_store(o));
    auto term = must(store->take_over());
    store->commit(put_one(family::things, "a", ""), durability::durable, term);
  }
  {
    full_disk full{folder.path()};
    BOOST_TEST(code_of(open_rocksdb_store(o)) == ec::storage_full);
  }
  auto store = must(open_rocksdb_store(o));
  BOOST_TEST(read_all(*store, family::things).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
