// Calls that fail under an open store.
#include "storage/rocksdb_store.hpp"

#include "storage/faulty_file_system.hpp"
#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

#include <set>
#include <thread>

using namespace batch;
using namespace batch::test;
using namespace std::chrono_literals;

namespace data = boost::unit_test::data;

namespace {

struct faults_fixture {
  temporary_folder folder;
  rocksdb_options options = options_in(folder.path());
  faulty_file_system faulty = make_faulty_file_system({});
  store_ptr store;
  uint64_t term = 0;
  std::set<std::string> done;

  faults_fixture() {
    options.file_system = faulty.files;
    store = must(open_rocksdb_store(options));
    term = must(store->take_over());
  }

  commit_status put(std::string_view key, durability d = durability::durable) {
    auto status = store->commit(put_one(family::things, key, "value"), d, term);
    if (status == commit_status::ok)
      done.emplace(key);
    return status;
  }

  /// Asks again until a commit is done; RocksDB looks every five seconds
  /// whether there is room again.
  bool is_writable_in_the_end() {
    for (auto end = std::chrono::steady_clock::now() + 30s;
         std::chrono::steady_clock::now() < end;
         std::this_thread::sleep_for(20ms))
      if (put("in the end") == commit_status::ok)
        return true;
    return false;
  }

  /// All that was answered `ok` is there, read without the harm.
  void check_after_a_restart() {
    store.reset();
    options.file_system = nullptr;
    auto opened = must(open_rocksdb_store(options));
    for (auto& key : done)
      BOOST_TEST((must(opened->get(family::things, key)) == "value"));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rocksdb_faults_test, faults_fixture)

BOOST_AUTO_TEST_CASE(a_sync_that_fails_is_not_answered_ok) {
  BOOST_TEST(put("before") == commit_status::ok);
  faulty.plan->add({file_call::sync, file_error::lasting, 1, 0, 1, ".log"});
  BOOST_TEST(put("during") == commit_status::unknown);
  BOOST_TEST(faulty.plan->struck() == 1u);
  auto health = store->health();
  BOOST_TEST(!health.writable);
  BOOST_TEST(health.message.find("Injected") != std::string::npos);
  BOOST_TEST(put("after") != commit_status::ok);
  BOOST_TEST((must(store->get(family::things, "before")) == "value"));
  check_after_a_restart();
}

BOOST_AUTO_TEST_CASE(a_sync_that_fails_for_a_while_is_recovered_from) {
  BOOST_TEST(put("before") == commit_status::ok);
  faulty.plan->add({file_call::sync, file_error::retryable, 1, 0, 1, ".log"});
  BOOST_TEST(put("during") == commit_status::unknown);
  BOOST_TEST(is_writable_in_the_end());
  BOOST_TEST(store->health().writable);
  check_after_a_restart();
}

BOOST_AUTO_TEST_CASE(an_append_that_fails_is_not_answered_ok) {
  for (auto d : {durability::durable, durability::buffered}) {
    faults_fixture x;
    x.put("before", d);
    x.faulty.plan->add(
      {file_call::append, file_error::lasting, 1, 0, 1, ".log"});
    BOOST_TEST(x.put("during", d) == commit_status::unknown);
    BOOST_TEST(!x.store->health().writable);
    x.check_after_a_restart();
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_and_writing_resumes_by_itself) {
  BOOST_TEST(put("before") == commit_status::ok);
  faulty.plan->add({file_call::append, file_error::no_space, 1, 0, 40});
  BOOST_TEST(put("during") == commit_status::no_space);
  BOOST_TEST(!store->health().writable);
  BOOST_TEST((must(store->get(family::things, "before")) == "value"));
  BOOST_TEST((!must(store->get(family::things, "during"))));
  // Now there is room again, and nobody tells RocksDB.
  faulty.plan->clear();
  BOOST_TEST(is_writable_in_the_end());
  BOOST_TEST(store->health().writable);
  check_after_a_restart();
}

BOOST_AUTO_TEST_CASE(a_full_disk_that_fails_recoveries_too_ends_by_itself) {
  faulty.plan->add({file_call::append, file_error::no_space, 1, 0, 3});
  BOOST_TEST(put("during") == commit_status::no_space);
  BOOST_TEST(is_writable_in_the_end());
  check_after_a_restart();
}

BOOST_AUTO_TEST_CASE(a_read_that_fails_is_an_error_and_not_an_absence) {
  for (int i = 0; i < 100; ++i)
    put(numbered(i), durability::buffered);
  // A start writes the log into tables, and closing forgets what was read.
  store.reset();
  must(open_rocksdb_store(options));
  store = must(open_rocksdb_store(options));
  faulty.plan->add({file_call::read, file_error::lasting, 1, 0, 1});
  BOOST_TEST(code_of(store->get(family::things, numbered(3)))
             == ec::storage_failure);
  BOOST_TEST((must(store->get(family::things, numbered(3))) == "value"));
  check_after_a_restart();
}

BOOST_DATA_TEST_CASE(an_opening_that_fails_can_be_tried_again,
                     data::make({"append", "sync", "read", "open", "rename"})
                       * data::xrange(1, 6),
                     call, n) {
  put("before");
  store.reset();
  auto harm = must(parse_faulty_file_options("fail=" + std::string{call} + ":"
                                             + std::to_string(n) + ":1"));
  faulty.plan->add(harm.faults.front());
  auto opened = open_rocksdb_store(options);
  if (opened) {
    // The call that failed was one whose result does not matter.
    opened->reset();
  } else {
    BOOST_TEST(opened.error().message.find(folder.path().string())
               != std::string::npos);
  }
  faulty.plan->clear();
  store = must(open_rocksdb_store(options));
  term = must(store->take_over());
  BOOST_TEST(put("after") == commit_status::ok);
  check_after_a_restart();
}

BOOST_AUTO_TEST_SUITE_END()
