#include "gateway/cli/early_answer.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(status_and_body_are_read) {
  auto answer = parse_early_answer(
    "HTTP/1.1 401 Unauthorized\r\nA: b\r\ncontent-LENGTH:  3\r\n\r\nabcdef");
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->status == 401);
  BOOST_TEST(answer->body == "abc");
  answer = parse_early_answer("HTTP/1.1 400 X\r\n\r\nto the end");
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->body == "to the end");
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_head_is_no_answer) {
  for (auto text : {"", "HTTP/1.1 401 X\r\nA: b\r\n", "SSH-2.0\r\n\r\n",
                    "HTTP/1.1 \r\n\r\n", "HTTP/1.1 abc\r\n\r\n"})
    BOOST_TEST(!parse_early_answer(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(an_answer_is_whole_with_its_length) {
  BOOST_TEST(is_whole_answer("HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n"));
  BOOST_TEST(!is_whole_answer("HTTP/1.1 401 X\r\nContent-Length: 1\r\n\r\n"));
  BOOST_TEST(!is_whole_answer("HTTP/1.1 401 X\r\n\r\nabc"));
  BOOST_TEST(!is_whole_answer("HTTP/1.1 401 X\r\nContent-Length: 0\r\n"));
}
