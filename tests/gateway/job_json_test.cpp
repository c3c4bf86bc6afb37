#include "gateway/http/job_json.hpp"

#include "tests/contains.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;

namespace {

std::string json_of(const job_report& report) {
  std::string out;
  json_writer w{out};
  write_job(w, report, false);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(only_what_was_changed_is_shown_beside_the_options) {
  job_report x;
  x.spec.options = R"({"priority":2})";
  x.control = job_control{.priority = 2};
  BOOST_TEST(!contains(json_of(x), "\"concurrency\""));
  BOOST_TEST(json_of(x).find("priority") == json_of(x).rfind("priority"));
  x.control = job_control{.priority = -3, .concurrency = 4};
  BOOST_TEST(contains(json_of(x), R"("priority":-3,"concurrency":4)"));
}

BOOST_AUTO_TEST_CASE(a_drain_shows_until_the_job_has_ended) {
  job_report x;
  BOOST_TEST(!contains(json_of(x), "cancelling"));
  x.control = job_control{.cancelled = true};
  BOOST_TEST(contains(json_of(x), R"("cancelling":true)"));
  x.control.reset();
  x.progress.status = job_status::failed;
  x.progress.state = job_state::cancelled;
  x.progress.reason = "job x has failed";
  BOOST_TEST(contains(json_of(x), R"("notStarted":0)"));
  BOOST_TEST(contains(json_of(x), R"("reason":"job x has failed")"));
  BOOST_TEST(!contains(json_of(x), "cancelling"));
}

BOOST_AUTO_TEST_CASE(a_scheduled_job_says_when_it_begins) {
  job_report x;
  x.spec.created_at = 1000;
  x.progress.state = job_state::scheduled;
  x.spec.options = R"({"delaySeconds":2})";
  BOOST_TEST(contains(json_of(x), R"("runAt":"1970-01-01T00:00:03.000Z")"));
  x.spec.options = R"({"runAt":"2026-03-01T13:00:00+01:00"})";
  BOOST_TEST(contains(json_of(x), R"("runAt":"2026-03-01T12:00:00.000Z")"));
  // It waits for another job instead.
  x.spec.options = R"({"after":[]})";
  BOOST_TEST(!contains(json_of(x), "runAt"));
  x.progress.state = job_state::running;
  x.spec.options = R"({"delaySeconds":2})";
  BOOST_TEST(!contains(json_of(x), "\"runAt\""));
}
