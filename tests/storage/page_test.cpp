#include "storage/store.hpp"

#include "tests/storage/stores.hpp"

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_SUITE(page_test)

BOOST_AUTO_TEST_CASE(rows_come_back_as_they_were_added) {
  page x;
  BOOST_TEST(x.empty());
  BOOST_TEST(x.last_key() == "");
  x.add("a", "1");
  x.add("bc", "");
  x.add("d", "23");
  row_list wanted = {{"a", "1"}, {"bc", ""}, {"d", "23"}};
  BOOST_TEST((rows_of(x) == wanted));
  BOOST_TEST(x.bytes() == 7u);
  BOOST_TEST(x.last_key() == "d");
}

BOOST_AUTO_TEST_CASE(moving_a_small_page_does_not_move_its_rows) {
  page x;
  x.add("k", "v");
  auto row = x[0];
  auto moved = std::move(x);
  BOOST_TEST((moved[0].key.data() == row.key.data()));
  BOOST_TEST(row.value == "v");
}

BOOST_AUTO_TEST_SUITE_END()
