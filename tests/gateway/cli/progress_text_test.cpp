#include "gateway/cli/progress_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {

job_progress_view running() {
  job_progress_view x;
  x.state = "running";
  x.total = 1000;
  x.done = 400;
  x.items_per_second = 300;
  x.seconds_left = 2;
  return x;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_line_tells_what_is_known) {
  auto x = running();
  BOOST_TEST(progress_line(x)
             == "running: 400 of 1000 items, 40.0 %, 300 items/s, 0:02 left");
  x.failed = 2;
  x.retrying = 1;
  x.items_per_second = 0;
  x.seconds_left.reset();
  BOOST_TEST(progress_line(x)
             == "running: 400 of 1000 items, 40.0 %, 2 failed, 1 retrying");
}

BOOST_AUTO_TEST_CASE(percent_is_full_only_at_the_end) {
  BOOST_TEST(percent_text(0, 0) == "0.0 %");
  BOOST_TEST(percent_text(1, 3) == "33.3 %");
  BOOST_TEST(percent_text(999'999, 1'000'000) == "99.9 %");
  BOOST_TEST(percent_text(3, 3) == "100.0 %");
  BOOST_TEST(percent_text(5, 3) == "100.0 %");
}

BOOST_AUTO_TEST_CASE(durations_and_rates_have_few_digits) {
  BOOST_TEST(duration_text(0) == "0:00");
  BOOST_TEST(duration_text(65) == "1:05");
  BOOST_TEST(duration_text(3600) == "1:00:00");
  BOOST_TEST(duration_text(360'061) == "100:01:01");
  BOOST_TEST(rate_text(0.44) == "0.4 items/s");
  BOOST_TEST(rate_text(312'000.4) == "312000 items/s");
  BOOST_TEST(rate_text(1e300).size() < 40u);
}

BOOST_AUTO_TEST_CASE(a_bar_fits_its_terminal) {
  auto x = running();
  for (size_t columns = 0; columns <= 200; ++columns)
    BOOST_TEST(progress_bar(x, columns).size() <= columns);
  BOOST_TEST(progress_bar(x, 64)
             == "[########............]  40.0 %  400/1000  300 items/s  "
                "0:02 left");
  x.done = x.total;
  BOOST_TEST(progress_bar(x, 36) == "[###############] 100.0 %  1000/1000");
  x.total = x.done = 0;
  BOOST_TEST(progress_bar(x, 40).find('#') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bar_tells_a_state_other_than_running) {
  auto x = running();
  x.state = "paused";
  BOOST_TEST(progress_bar(x, 100).ends_with("  paused"));
}
