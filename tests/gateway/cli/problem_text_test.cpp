#include "gateway/cli/problem_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(a_problem_is_told_with_its_entries) {
  BOOST_TEST(
    describe_problem(400, R"({"success":false,"error":"the body is not a job",)"
                          R"("code":"invalid_job","requestId":"42","errors":[)"
                          R"({"pointer":"/items/3/ns","message":"is missing"},)"
                          R"({"index":4,"message":"is odd"},{"index":5},7]})")
    == "the body is not a job (invalid_job, request 42)\n"
       "  /items/3/ns: is missing\n"
       "  item 4: is odd");
}

BOOST_AUTO_TEST_CASE(a_missing_token_is_followed_by_what_to_do) {
  auto text = describe_problem(401, R"({"error":"no","code":"unauthorized"})");
  BOOST_TEST(text.find("BATCHD_TOKEN") != text.npos);
}

BOOST_AUTO_TEST_CASE(escapes_of_the_terminal_are_left_out) {
  BOOST_TEST(describe_problem(400, "{\"error\":\"a\\u001b[2J\\nb\","
                                   "\"code\":\"c\\u0007\"}")
             == "a[2J b (c)");
}

BOOST_AUTO_TEST_CASE(what_is_no_problem_document_is_told_by_its_status) {
  for (auto body : {"", "<html>", "{}", "[1]", R"({"error":null})"}) {
    auto text = describe_problem(502, body);
    BOOST_TEST(text.find("502") != text.npos, body);
  }
}
