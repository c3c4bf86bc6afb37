#include "gateway/cli/resume_point.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {
constexpr auto thing_line
  = R"({"ns":"n","id":"a\/\u00e4","type":"T","x":{"id":1}})";
constexpr auto relation = R"({"ns":"n","id":"r","type":"T","fromNs":"n",)"
                          R"("fromId":"a","toNs":"n","toId":"b"})";
} // namespace

BOOST_AUTO_TEST_CASE(a_line_says_where_to_go_on) {
  auto point = read_resume_point(thing_line, "n", "");
  BOOST_REQUIRE(point.has_value());
  BOOST_TEST(point->cursor == "things/a/ä");
  BOOST_TEST(point->id == "a/ä");
  BOOST_TEST(!point->may_be_a_thing);
  BOOST_TEST(read_resume_point(thing_line, "n", "embeddings")->cursor
             == "embeddings/a/ä");
  point = read_resume_point(relation, "n", "");
  BOOST_TEST(point->cursor == "relationships/r");
  BOOST_TEST(point->may_be_a_thing);
  point = read_resume_point(relation, "n", "things");
  BOOST_TEST(point->cursor == "things/r");
  BOOST_TEST(!point->may_be_a_thing);
  BOOST_TEST(read_resume_point(R"({"id":"x"})", "n", "things")->cursor
             == "things/x");
}

BOOST_AUTO_TEST_CASE(a_line_of_another_file_is_refused) {
  struct sample {
    const char* line;
    const char* why;
  };
  for (auto [line, why] : {
         sample{"]", "JSON"},
         {"ns,id,type", "JSON"},
         {R"(["id"])", "JSON"},
         {R"({"id":"a",)", "JSON"},
         {R"({"ns":"n","type":"T"})", "no id"},
         {R"({"ns":"n","id":7})", "no id"},
         {R"({"ns":"m","id":"a","type":"T"})", "'m'"},
       }) {
    auto point = read_resume_point(line, "n", "");
    BOOST_REQUIRE_MESSAGE(!point, line);
    BOOST_TEST((point.error().status == exit_status::wrong_usage));
    BOOST_TEST(point.error().message.find(why) != std::string::npos,
               point.error().message);
  }
}
