// The power is cut while the store is in use: `storage/faulty_file_system.hpp`
// keeps from the disk what was not synced, and the process is killed.
#include "storage/rocksdb_store.hpp"

#include "storage/faulty_file_system.hpp"
#include "tests/storage/child_process.hpp"
#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

#include <csignal>
#include <fstream>
#include <sys/wait.h>

using namespace batch;
using namespace batch::test;

namespace data = boost::unit_test::data;
namespace fs = std::filesystem;

namespace {

/// What a cut left, checked against what was answered before.
struct leftover {
  int answered = -1; // the last batch that was answered durable
  int rows = 0;      // batches 0 to rows-1 are there
};

/// RocksDB as Debian builds it has its assertions on, and one of them ends the
/// process if a log that failed once is synced again during a recovery. To what
/// is on the disk this is a power cut like the other one.
bool is_end_by_fault(int how) {
  return WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT;
}

leftover run_until_cut(const std::string& faults, bool may_abort = false) {
  temporary_folder parent;
  auto folder = parent.path() / "data";
  ::setenv(faults_variable, faults.c_str(), 1);
  auto how = run_part("commit_until_killed", folder);
  ::unsetenv(faults_variable);
  if (!may_abort || !is_end_by_fault(how)) {
    BOOST_REQUIRE(WIFSIGNALED(how));
    BOOST_REQUIRE(WTERMSIG(how) == SIGKILL);
  }

  leftover result;
  std::ifstream answered{answered_file(folder)};
  for (int i; answered >> i;)
    result.answered = i;
  // Without the harmful file system: this is what is on the disk.
  auto store = must(open_rocksdb_store(options_in(folder)));
  auto things = read_all(*store, family::things);
  auto marks = read_all(*store, family::marks);
  result.rows = static_cast<int>(things.size());
  BOOST_TEST(result.rows > result.answered);
  BOOST_TEST(marks.size() == things.size());
  for (int i = 0; i < result.rows; ++i) {
    BOOST_REQUIRE(things[i].first == numbered(i));
    BOOST_REQUIRE(marks[i].first == numbered(i));
  }
  auto last = must(store->get(family::meta, "last"));
  BOOST_TEST(last.value_or("-1") == std::to_string(result.rows - 1));
  // And it goes on.
  auto term = must(store->take_over());
  BOOST_TEST(store->commit(put_one(family::things, "more", ""),
                           durability::durable, term)
             == commit_status::ok);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_power_cut_test)

BOOST_DATA_TEST_CASE(a_power_cut_leaves_a_prefix_with_all_that_is_durable,
                     data::xrange(1, 31), seed) {
  run_until_cut("power_cut=1,seed=" + std::to_string(seed));
}

BOOST_AUTO_TEST_CASE(buffered_commits_do_get_lost) {
  // Otherwise the test before this one would prove nothing.
  int lost = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    auto faults = "power_cut=0,seed=" + std::to_string(seed);
    auto all = run_until_cut(faults).rows;
    faults.replace(0, 11, "power_cut=1");
    lost += all - run_until_cut(faults).rows;
  }
  BOOST_TEST(lost > 0);
}

BOOST_DATA_TEST_CASE(nothing_durable_is_lost_if_calls_fail_before_the_cut,
                     data::xrange(1, 4)
                       * data::make({
                         "retryable=sync:25:1",
                         "retryable=sync:1/30:3:.log",
                         "retryable=append:1/100:3",
                         "no_space=append:200:2",
                         "no_space=append:1/60:2:.log",
                         "fail=sync:25:1",
                         "fail=append:1/200:1:.log",
                         "fail=append:1/40:1:.sst",
                         "fail=sync:5:1:MANIFEST",
                         "fail=rename:3:1",
                         "fail=open:40:1",
                       }),
                     seed, fault) {
  run_until_cut("power_cut=1,seed=" + std::to_string(seed) + "," + fault,
                /*may_abort=*/true);
}

BOOST_AUTO_TEST_SUITE_END()
