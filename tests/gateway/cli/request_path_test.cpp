#include "gateway/cli/request_path.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;
using namespace std::string_literals;

BOOST_AUTO_TEST_CASE(all_but_unreserved_bytes_are_encoded) {
  BOOST_TEST(percent_encode("azAZ09-._~") == "azAZ09-._~");
  BOOST_TEST(percent_encode("a/b?c#d%e&f=g+h i") //
             == "a%2Fb%3Fc%23d%25e%26f%3Dg%2Bh%20i");
  BOOST_TEST(percent_encode("é\x7F\0"s) == "%C3%A9%7F%00");
  BOOST_TEST(percent_encode("") == "");
}

BOOST_AUTO_TEST_CASE(dots_do_not_change_the_path) {
  BOOST_TEST(percent_encode(".") == "%2E");
  BOOST_TEST(percent_encode("..") == "%2E%2E");
  BOOST_TEST(percent_encode("...") == "...");
}

BOOST_AUTO_TEST_CASE(a_path_is_put_together) {
  request_path path{"/things"};
  path.segment("a b").segment("c/d").parameter("limit", "5");
  path.optional("cursor", "").optional("label.x", "y&z");
  BOOST_TEST(path.text() == "/things/a%20b/c%2Fd?limit=5&label.x=y%26z");
}
