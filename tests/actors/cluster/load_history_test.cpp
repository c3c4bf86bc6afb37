#include "actors/cluster/load_history.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

node_report report_of(const load_history& loads, std::string name) {
  node_report report;
  report.name = std::move(name);
  loads.fill(report);
  return report;
}

} // namespace

BOOST_AUTO_TEST_SUITE(load_history_test)

BOOST_AUTO_TEST_CASE(a_rate_comes_near_to_what_is_done_a_second) {
  load_history loads;
  for (uint64_t second = 1; second <= 60; ++second)
    loads.take({{"n1", {3, 50 * second}}}, static_cast<time_ms>(1000 * second));
  auto report = report_of(loads, "n1");
  BOOST_TEST(report.load == 3u);
  BOOST_TEST(report.items == 3000u);
  BOOST_TEST(report.rate > 45);
  BOOST_TEST(report.rate < 55);
}

BOOST_AUTO_TEST_CASE(names_that_come_and_go_are_forgotten) {
  load_history loads;
  time_ms now = 0;
  for (int i = 0; i < 3000; ++i)
    loads.take({{"there", {0, 5}}, {"n" + std::to_string(i), {0, 7}}},
               now += 1000);
  BOOST_TEST(report_of(loads, "there").items == 5u);
  BOOST_TEST(report_of(loads, "n2999").items == 7u);
  BOOST_TEST(report_of(loads, "n0").items == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_whose_items_begin_anew_has_no_huge_rate) {
  load_history loads;
  loads.take({{"n1", {0, 1000}}}, 1000);
  loads.take({{"n1", {0, 10}}}, 2000);
  BOOST_TEST(report_of(loads, "n1").items == 10u);
  BOOST_TEST(report_of(loads, "n1").rate <= 10);
}

BOOST_AUTO_TEST_SUITE_END()
