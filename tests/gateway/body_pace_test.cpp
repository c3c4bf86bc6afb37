#include "gateway/http/body_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace std::chrono_literals;

namespace {

/// A body that is watched by a clock that stands still.
struct pace_fixture {
  /// The client sends after a while.
  bool comes_after(std::chrono::milliseconds wait, size_t bytes) {
    pace.begin_wait();
    now += wait;
    return pace.end_wait(bytes);
  }

  std::chrono::steady_clock::time_point now;
  body_pace pace{{10s, 1000}, [this] { return now; }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(body_pace_test, pace_fixture)

BOOST_AUTO_TEST_CASE(a_body_that_trickles_is_too_slow) {
  int bytes = 0;
  while (comes_after(1s, 1))
    BOOST_REQUIRE_LT(++bytes, 100);
  BOOST_TEST(bytes == 9);
  BOOST_TEST(pace.too_slow());
  BOOST_TEST(pace.fault().message
             == "the body came too slowly: less than 1000 bytes in 10 s");
  BOOST_TEST(!comes_after(0s, 1'000'000));
}

BOOST_AUTO_TEST_CASE(a_fast_begin_does_not_pay_for_a_slow_rest) {
  BOOST_TEST(comes_after(1s, 1'000'000'000));
  int seconds = 1;
  while (comes_after(1s, 1))
    BOOST_REQUIRE_LT(++seconds, 100);
  BOOST_TEST(seconds < 20);
}

BOOST_AUTO_TEST_CASE(a_steady_body_may_take_for_ever) {
  for (int i = 0; i < 100'000; ++i)
    BOOST_REQUIRE(comes_after(1s, 101));
}

BOOST_AUTO_TEST_CASE(a_small_body_has_the_whole_time) {
  for (int i = 0; i < 9; ++i)
    BOOST_TEST(comes_after(1s, 1));
}

BOOST_AUTO_TEST_CASE(what_stops_coming_is_too_slow_whatever_came_before) {
  BOOST_TEST(comes_after(1s, 1'000'000));
  BOOST_TEST(!comes_after(10s, 0));
}

BOOST_AUTO_TEST_CASE(the_time_of_the_service_does_not_count) {
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(comes_after(1ms, 1));
    now += 1min;
  }
}

BOOST_AUTO_TEST_SUITE_END()
