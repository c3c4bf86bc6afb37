#include "gateway/cli/stats_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(numbers_and_types_are_shown) {
  auto text = stats_text(
    R"({"success":true,"stats":{"total":7,"successRate":"85.71%",)"
    R"("items":{"failed":1},"byType":{"import-things":{"jobs":7,)"
    R"("completed":6,"failed":1,"itemsProcessed":5,"itemsFailed":1}}}})");
  BOOST_REQUIRE(text.has_value());
  BOOST_TEST(
    *text
    == "STATISTIC      VALUE\n"
       "total              7\n"
       "successRate   85.71%\n"
       "items.failed       1\n"
       "\n"
       "TYPE           JOBS  COMPLETED  FAILED  ITEMS DONE  ITEMS FAILED\n"
       "import-things     7          6       1           5             1\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_not_shown) {
  for (auto text : {"", "[]", "{}", R"({"stats":7})", R"({"stats":{}})"})
    BOOST_TEST(!stats_text(text).has_value(), text);
}
