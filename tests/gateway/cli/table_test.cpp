#include "gateway/cli/table.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell) {
  table x{{{"NAME"}, {"N", align::right}, {"LAST"}}};
  BOOST_TEST(x.empty());
  x.row({"a", "1", "x"});
  x.row({"éèà-long", "1000", ""});
  BOOST_TEST(x.text()
             == "NAME         N  LAST\n"
                "a            1  x\n"
                "éèà-long  1000\n");
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_has_its_titles) {
  BOOST_TEST((table{{{"A"}, {"B"}}}.text()) == "A  B\n");
}
