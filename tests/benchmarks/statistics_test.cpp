#include "benchmarks/statistics.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::bench;

BOOST_AUTO_TEST_CASE(
  the_median_of_an_even_number_lies_between_the_middle_ones) {
  auto odd = spread_of({5, 1, 3});
  BOOST_TEST(odd.lowest == 1);
  BOOST_TEST(odd.median == 3);
  BOOST_TEST(odd.highest == 5);
  BOOST_TEST(spread_of({4, 1, 2, 3}).median == 2.5);
  BOOST_TEST(spread_of({7}).median == 7);
}

BOOST_AUTO_TEST_CASE(a_percentile_is_a_sample_by_nearest_rank) {
  latencies times;
  BOOST_TEST(times.percentile(50) == 0);
  for (int i = 200; i > 0; --i)
    times.add(i);
  BOOST_TEST(times.percentile(0) == 1);
  BOOST_TEST(times.percentile(50) == 100);
  BOOST_TEST(times.percentile(99) == 198);
  BOOST_TEST(times.percentile(99.6) == 200);
  BOOST_TEST(times.percentile(100) == 200);
  // Looking changes nothing.
  BOOST_TEST(times.percentile(50) == 100);
  BOOST_TEST(times.count() == 200u);
}
