// Two processes, and one that dies.
#include "storage/rocksdb_store.hpp"

#include "tests/storage/child_process.hpp"
#include "tests/storage/stores.hpp"

#include <csignal>
#include <sys/wait.h>

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(rocksdb_crash_test)

BOOST_AUTO_TEST_CASE(a_second_opening_in_one_process_is_refused) {
  temporary_folder folder;
  auto o = options_in(folder.path());
  auto first = must(open_rocksdb_store(o));
  auto second = open_rocksdb_store(o);
  BOOST_TEST(code_of(second) == ec::storage_locked);
  BOOST_TEST(second.error().message.find(folder.path().string())
             != std::string::npos);
  // And the first one is none the worse.
  auto term = must(first->take_over());
  BOOST_TEST(
    first->commit(put_one(family::things, "a", ""), durability::durable, term)
    == commit_status::ok);
}

BOOST_AUTO_TEST_CASE(an_opening_by_another_process_is_refused) {
  temporary_folder folder;
  auto first = must(open_rocksdb_store(options_in(folder.path())));
  auto how = run_part("open", folder.path());
  BOOST_REQUIRE(WIFEXITED(how));
  BOOST_TEST(static_cast<ec>(WEXITSTATUS(how)) == ec::storage_locked);
  first.reset();
  BOOST_TEST(run_part("open", folder.path()) == 0);
}

BOOST_AUTO_TEST_CASE(a_killed_process_loses_nothing_it_has_committed) {
  temporary_folder folder;
  auto how = run_part("fill", folder.path());
  BOOST_REQUIRE(WIFSIGNALED(how));
  BOOST_TEST(WTERMSIG(how) == SIGKILL);
  auto store = must(open_rocksdb_store(options_in(folder.path())));
  BOOST_TEST(read_all(*store, family::things).size() == size_t{fill_rows});
  BOOST_TEST(read_all(*store, family::marks).size() == size_t{fill_rows});
  BOOST_TEST(must(store->take_over()) == 2u);
}

#ifndef NDEBUG
BOOST_AUTO_TEST_CASE(
  a_batch_over_the_limits_is_a_defect_that_ends_the_process) {
  temporary_folder folder;
  auto how = run_part("overfill", folder.path());
  BOOST_REQUIRE(WIFSIGNALED(how));
  BOOST_TEST(WTERMSIG(how) == SIGABRT);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
