#include "actors/embedders/providers/retry_after.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace std::chrono_literals;

namespace {

/// Sun, 06 Nov 1994 08:49:30 GMT
const std::chrono::system_clock::time_point now{784111770s};

} // namespace

BOOST_AUTO_TEST_SUITE(retry_after_test)

BOOST_AUTO_TEST_CASE(seconds_and_dates_are_read) {
  BOOST_TEST((parse_retry_after("10", now) == 10s));
  BOOST_TEST((parse_retry_after(" 0 ", now) == 0s));
  BOOST_TEST((parse_retry_after("1.5", now) == 1500ms));
  BOOST_TEST((parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 7s));
  BOOST_TEST((parse_retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now) == 0s));
}

BOOST_AUTO_TEST_CASE(nobody_is_obeyed_for_more_than_a_day) {
  for (auto text : {"86401", "99999999999999999999999", "1e9",
                    "Sun, 06 Nov 2094 08:49:37 GMT"}) {
    auto wait = parse_retry_after(text, now);
    BOOST_TEST((!wait || *wait == 24h), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_neither_is_nothing) {
  for (auto text :
       {"", " ", "soon", "-5", "+5", "10 s", "6m0s", "nan", "inf", "0x10",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 -1:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"})
    BOOST_TEST(!parse_retry_after(text, now).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
