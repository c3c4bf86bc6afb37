#include "gateway/http/slot_pool.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_CASE(a_pool_has_so_many_slots_and_gets_them_back) {
  slot_pool pool{1};
  pool.resize(2);
  {
    auto a = pool.take();
    auto b = pool.take();
    BOOST_TEST((a && b));
    BOOST_TEST(!pool.take());
    auto moved = std::move(a);
  }
  auto a = pool.take();
  auto b = pool.take();
  BOOST_TEST((a && b));
  BOOST_TEST(!pool.take());
}
