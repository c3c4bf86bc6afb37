#include "gateway/http/uri.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_CASE(a_path_is_split_before_it_is_decoded) {
  auto x = parse_uri("/things/a%2Fb/2%2F2%20%C3%A4?x=1");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->segments
               == (std::vector<std::string>{"things", "a/b", "2/2 ä"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_plus_is_a_space_in_the_query_only) {
  auto x = parse_uri("/a+b?c+d=e+f%2B");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->segments[0] == "a+b");
  BOOST_TEST(x->query[0].first == "c d");
  BOOST_TEST(x->query[0].second == "e f+");
}

BOOST_AUTO_TEST_CASE(a_query_keeps_its_order_and_what_has_no_value) {
  auto x = parse_uri("/?b=2&a=1&&c&d==");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->segments.empty());
  BOOST_REQUIRE_EQUAL(x->query.size(), 4u);
  BOOST_TEST(x->query[0].first == "b");
  BOOST_TEST(x->query[2].second.empty());
  BOOST_TEST(x->query[3].second == "=");
}

BOOST_DATA_TEST_CASE(what_is_encoded_wrongly_is_refused,
                     data::make({"/%", "/%4", "/%zz", "/a%0", "/a%00", "/a%0Ab",
                                 "/a%7F", "/%ff", "/%C3", "/%ED%A0%80", "/?a=%",
                                 "/?%ff=1", "/?a=%0d"}),
                     target) {
  auto x = parse_uri(target);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error().code == ec::invalid_request));
}
