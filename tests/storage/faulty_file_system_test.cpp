#include "storage/faulty_file_system.hpp"

#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;

namespace data = boost::unit_test::data;

namespace {

/// The calls of the first hundred that fail.
std::vector<int> failing(const std::string& options, file_call call,
                         std::string_view path = "/data/000001.log") {
  fault_plan plan{must(parse_faulty_file_options(options))};
  std::vector<int> result;
  file_error how{};
  for (int i = 1; i <= 100; ++i)
    if (plan.strikes(call, path, how))
      result.push_back(i);
  BOOST_TEST(plan.struck() == result.size());
  return result;
}

const char* const malformed[] = {
  "seed",
  "seed=",
  "seed=x",
  "seed=1x",
  "power_cut=2",
  "power_cut=yes",
  "colour=red",
  "fail",
  "fail=",
  "fail=write:1:1",
  "fail=sync",
  "fail=sync:1",
  "fail=sync:0:1",
  "fail=sync:x:1",
  "fail=sync:1/0:1",
  "fail=sync:2/3:1",
  "fail=sync:1:x",
  "seed=1,,power_cut=1",
};

} // namespace

BOOST_AUTO_TEST_SUITE(faulty_file_system_test)

BOOST_AUTO_TEST_CASE(options_are_read_from_one_string) {
  auto o = must(parse_faulty_file_options(
    "seed=7,power_cut=1,fail=sync:120:1,no_space=append:500:40,"
    "retryable=rename:1/9:0:.dbtmp"));
  BOOST_TEST(o.seed == 7u);
  BOOST_TEST(o.power_cut);
  BOOST_REQUIRE(o.faults.size() == 3u);
  BOOST_TEST(
    (o.faults[0] == file_fault{file_call::sync, file_error::lasting, 120}));
  BOOST_TEST(
    (o.faults[1]
     == file_fault{file_call::append, file_error::no_space, 500, 0, 40}));
  BOOST_TEST((o.faults[2]
              == file_fault{file_call::rename, file_error::retryable, 1, 9, 0,
                            ".dbtmp"}));
  BOOST_TEST(must(parse_faulty_file_options("")).faults.empty());
}

BOOST_DATA_TEST_CASE(malformed_options_are_refused_and_named,
                     data::make(malformed), text) {
  auto parsed = parse_faulty_file_options(text);
  BOOST_TEST(code_of(parsed) == ec::invalid_option);
  BOOST_TEST(parsed.error().message.find("must be") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(faults_strike_the_calls_they_name) {
  BOOST_TEST(
    (failing("fail=sync:3:2", file_call::sync) == std::vector<int>{3, 4}));
  BOOST_TEST(failing("fail=sync:3:2", file_call::append).empty());
  BOOST_TEST(failing("fail=sync:98:0", file_call::sync).size() == 3u);
  BOOST_TEST(failing("fail=sync:1:2:.sst", file_call::sync).empty());
  BOOST_TEST(failing("fail=sync:1:2:.log", file_call::sync).size() == 2u);
  // The folder's name does not count.
  BOOST_TEST(failing("fail=sync:1:2:data", file_call::sync).empty());
}

BOOST_AUTO_TEST_CASE(chance_is_repeated_by_the_seed) {
  auto some = failing("seed=1,fail=read:1/5:0", file_call::read);
  BOOST_TEST(some.size() > 5u);
  BOOST_TEST(some.size() < 50u);
  BOOST_TEST((some == failing("seed=1,fail=read:1/5:0", file_call::read)));
  BOOST_TEST((some != failing("seed=2,fail=read:1/5:0", file_call::read)));
  BOOST_TEST(failing("fail=read:1/5:2", file_call::read).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
