#include "gateway/cli/address.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_CASE(addresses_are_read_with_names_and_both_kinds_of_ip) {
  BOOST_TEST(parse_address("127.0.0.1:8080")->port == 8080);
  BOOST_TEST(parse_address("localhost:0")->host == "localhost");
  BOOST_TEST(parse_address("[::1]:80")->host == "::1");
}

BOOST_DATA_TEST_CASE(what_is_no_address_is_refused,
                     data::make({"", "8080", ":8080", "host:", "host:x",
                                 "host:70000", "host:-1", "::1:80", "h:8 "}),
                     text) {
  BOOST_TEST(!parse_address(text));
}

BOOST_AUTO_TEST_CASE(only_this_machine_is_loopback) {
  BOOST_TEST(is_loopback("127.0.0.1"));
  BOOST_TEST(is_loopback("127.1.2.3"));
  BOOST_TEST(is_loopback("localhost"));
  BOOST_TEST(is_loopback("::1"));
  BOOST_TEST(!is_loopback("127.example.org"));
  BOOST_TEST(!is_loopback("0.0.0.0"));
  BOOST_TEST(!is_loopback("192.168.0.1"));
}
