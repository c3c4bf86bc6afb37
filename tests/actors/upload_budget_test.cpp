#include "actors/upload_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

using namespace batch;

BOOST_AUTO_TEST_CASE(uploads_share_what_there_is) {
  upload_budget budget;
  std::deque<upload_budget::share> open;
  auto open_up_to = [&](size_t count) {
    while (open.size() < count)
      open.emplace_back(budget);
    return open.front().block_bytes();
  };
  BOOST_TEST(open_up_to(1) == upload_share_bytes_max);
  for (size_t count : {40, 100, 128, 500}) {
    auto block = open_up_to(count);
    BOOST_TEST(block < upload_share_bytes_max);
    BOOST_TEST(2 * block * count <= uploads_bytes_max);
  }
  BOOST_TEST(open_up_to(5000) == upload_share_bytes_min);
  open.clear();
  BOOST_TEST(open_up_to(1) == upload_share_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_share_of_one_upload_can_be_less) {
  upload_budget budget{remote_share_bytes_max};
  upload_budget::share alone{budget};
  BOOST_TEST(alone.block_bytes() == remote_share_bytes_max);
}
