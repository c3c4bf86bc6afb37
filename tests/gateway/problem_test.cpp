#include "gateway/http/problem.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_CASE(a_problem_names_code_place_and_request) {
  auto x = problem_response(
    {ec::invalid_option, "options/priority: too high", "/options/priority"},
    "r1");
  BOOST_TEST(x.status == 400);
  BOOST_TEST(x.content_type == "application/problem+json");
  BOOST_TEST(x.body
             == R"({"type":"about:blank","title":"Bad Request","status":400,)"
                R"("detail":"options/priority: too high","success":false,)"
                R"("error":"options/priority: too high",)"
                R"("code":"invalid_option","requestId":"r1","errors":[)"
                R"({"pointer":"/options/priority",)"
                R"("message":"options/priority: too high"}]})");
}

BOOST_AUTO_TEST_CASE(what_may_pass_says_when_to_come_back) {
  for (auto code : {ec::overloaded, ec::shutting_down, ec::storage_failure,
                    ec::snapshot_gone, ec::coordinator_unreachable}) {
    auto x = problem_response({code, "busy"}, "r");
    BOOST_TEST(x.status == 503);
    BOOST_REQUIRE_EQUAL(x.headers.size(), 1u);
    BOOST_TEST(x.headers[0].first == "Retry-After");
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_told_from_what_is_gone) {
  BOOST_TEST(http_status_of(ec::no_such_dead_letter) == 404);
  BOOST_TEST(http_status_of(ec::no_such_job) == 404);
  auto x = problem_response({ec::job_gone, "the job was deleted"}, "r");
  BOOST_TEST(x.status == 410);
  BOOST_TEST(x.body.find("\"title\":\"Gone\"") != x.body.npos);
}
