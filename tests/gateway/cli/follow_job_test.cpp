#include "gateway/cli/follow_job.hpp"

#include "fake_server.hpp"

#include <atomic>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {

std::string job_answer(const std::string& status) {
  return whole_answer(200, R"({"job":{"id":"j","status":")" + status + "\"}}");
}

} // namespace

BOOST_AUTO_TEST_CASE(a_job_is_followed_through_absence_of_the_server) {
  std::atomic<int> calls = 0;
  fake_server server{[&](auto&) {
    switch (++calls) {
    case 1:
      return fake_server::reply{job_answer("processing")};
    case 2:
      return fake_server::reply{whole_answer(503, "{}")};
    case 3:
      return fake_server::reply{""};
    default:
      return fake_server::reply{job_answer("failed")};
    }
  }};
  auto api = api_client::connect({server.url(), {}, false});
  BOOST_REQUIRE(api.has_value());
  auto job = follow_job(*api, "j");
  BOOST_REQUIRE(job.has_value());
  BOOST_TEST(job->summary.status == "failed");
  BOOST_TEST(!job->verdict().has_value());
  BOOST_TEST(calls == 4);
}

BOOST_AUTO_TEST_CASE(a_job_that_is_not_there_is_not_waited_for) {
  fake_server server{
    [](auto&) { return fake_server::reply{whole_answer(404, "{}")}; }};
  auto api = api_client::connect({server.url(), {}, false});
  BOOST_REQUIRE(api.has_value());
  auto job = follow_job(*api, "j");
  BOOST_REQUIRE(!job);
  BOOST_TEST((job.error().status == exit_status::failed));
  BOOST_TEST(server.requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_job_is_a_failure) {
  fake_server server{
    [](auto&) { return fake_server::reply{whole_answer(200, "<html>")}; }};
  auto api = api_client::connect({server.url(), {}, false});
  BOOST_REQUIRE(api.has_value());
  BOOST_TEST(!find_job(*api, "j").has_value());
}
