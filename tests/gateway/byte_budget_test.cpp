#include "gateway/http/byte_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_CASE(a_budget_gives_no_more_than_it_has_and_gets_it_back) {
  byte_budget budget{100};
  {
    byte_budget::share a{budget}, b{budget};
    BOOST_TEST(a.take(60));
    BOOST_TEST(!b.take(41));
    BOOST_TEST(b.take(40));
    BOOST_TEST(!a.take(1));
  }
  byte_budget::share c{budget};
  BOOST_TEST(c.take(100));
}
