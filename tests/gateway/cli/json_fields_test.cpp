#include "gateway/cli/json_fields.hpp"

#include "codecs/json_reader.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {

/// The elements of a page's list "xs", each in angle brackets, then the cursor.
std::string walked(std::string page, size_t stop_after = 99) {
  page.reserve(page.size() + batch::json_padding);
  std::string out;
  size_t count = 0;
  auto cursor = walk_page(page, "xs", [&](std::string_view text) {
    out += '<' + std::string{text} + '>';
    return ++count < stop_after;
  });
  return out + cursor.value_or("(no page)");
}

} // namespace

BOOST_AUTO_TEST_CASE(members_are_read_by_type) {
  auto fields = json_fields::parse(
    R"( {"s":"a\"b","n":7,"d":1.5,"t":true,"o":{"x":[1]},"l":[1, "b"],"z":null})");
  BOOST_REQUIRE(fields.has_value());
  BOOST_TEST(fields->text("s") == "a\"b");
  BOOST_TEST(fields->text("n") == "7");
  BOOST_TEST(fields->text("z") == "");
  BOOST_TEST(fields->text("absent") == "");
  BOOST_TEST(fields->count("n").value_or(0) == 7u);
  BOOST_TEST(!fields->count("s").has_value());
  BOOST_TEST(fields->number("d").value_or(0) == 1.5);
  BOOST_TEST(fields->flag("t"));
  BOOST_TEST(!fields->flag("n"));
  BOOST_TEST(fields->object("o").elements("x").size() == 1u);
  BOOST_TEST(fields->object("l").all().empty());
  auto elements = fields->elements("l");
  BOOST_TEST(elements == (std::vector<std::string>{"1", "\"b\""}),
             boost::test_tools::per_element());
  BOOST_TEST(fields->elements("s").empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused) {
  for (auto text : {"", "[]", "1", "null", "{", "<html>", "{} {}"})
    BOOST_TEST(!json_fields::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_page_is_walked_without_looking_into_its_elements) {
  BOOST_TEST(walked(R"({"xs":[{"n":1e999}, {"y": 123456789012345678901}]})")
             == R"(<{"n":1e999}><{"y": 123456789012345678901}>)");
  BOOST_TEST(walked(R"({"nextCursor":"a\"b","xs":[]})") == "a\"b");
  BOOST_TEST(walked(R"({"xs":[{}],"nextCursor":null})") == "<{}>");
}

BOOST_AUTO_TEST_CASE(a_visitor_can_stop) {
  BOOST_TEST(walked(R"({"xs":[{"a":1},{},{}],"nextCursor":"c"})", 1)
             == R"(<{"a":1}>)");
}

BOOST_AUTO_TEST_CASE(what_is_no_page_is_told) {
  for (auto text : {"", "{}", "[]", "<html>", R"({"xs":7})", R"({"xs":[{)"}) {
    auto out = walked(text);
    BOOST_TEST(out.ends_with("(no page)"), text << " gave " << out);
  }
}
