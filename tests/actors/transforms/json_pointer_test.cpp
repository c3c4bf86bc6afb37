#include "actors/transforms/json_pointer.hpp"

#include "actors/transforms/transform.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(json_pointer_test)

namespace {

using tokens = std::vector<std::string>;

tokens parse(std::string_view field) {
  return parse_field(field).value();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_field_is_a_key_or_a_pointer) {
  BOOST_TEST((parse("name") == tokens{"name"}));
  BOOST_TEST((parse("a/b~c") == tokens{"a/b~c"}));
  BOOST_TEST((parse("/a") == tokens{"a"}));
  BOOST_TEST((parse("/a/b/0") == tokens{"a", "b", "0"}));
  BOOST_TEST((parse("/") == tokens{""}));
  BOOST_TEST((parse("//a/") == tokens{"", "a", ""}));
  BOOST_TEST((parse("/a~1b/c~0d/~01") == tokens{"a/b", "c~d", "~1"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_field_is_refused) {
  for (auto field : {"", "/~", "/a~", "/~2", "/a/b~x/c"}) {
    auto parsed = parse_field(field);
    BOOST_TEST_REQUIRE(!parsed.has_value(), field);
    BOOST_TEST((parsed.error().code == ec::invalid_option));
  }
  std::string deep;
  for (size_t i = 0; i < transform_tokens_max; ++i)
    deep += "/a";
  BOOST_TEST(parse_field(deep).has_value());
  BOOST_TEST(!parse_field(deep + "/a").has_value());
}

BOOST_AUTO_TEST_CASE(a_token_is_escaped_in_a_pointer) {
  BOOST_TEST(pointer_below("", "a") == "/a");
  BOOST_TEST(pointer_below("/x", "a/b~1") == "/x/a~1b~01");
}

BOOST_AUTO_TEST_SUITE_END()
