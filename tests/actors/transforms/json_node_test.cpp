#include "actors/transforms/json_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

json_node node_of(std::string_view text) {
  json_node node;
  node.text = text;
  return node;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_object_opens_to_its_members_as_they_were_sent) {
  text_pool pool;
  auto node = node_of(" { \"a\" :\t1.10 ,\"\\u0062\": { \"c\" : [ ] }\n, "
                      "\"\":\"x,}\\\"\",\"n\":null}");
  node.text = trim_json(node.text);
  BOOST_TEST_REQUIRE(node.open(pool));
  BOOST_TEST_REQUIRE(node.children.size() == 4u);
  BOOST_TEST(node.children[0].name == "\"a\"");
  BOOST_TEST(node.children[0].key == "a");
  BOOST_TEST(node.children[0].text == "1.10");
  BOOST_TEST(node.children[1].name == "\"\\u0062\"");
  BOOST_TEST(node.children[1].key == "b");
  BOOST_TEST(node.children[1].text == "{ \"c\" : [ ] }");
  BOOST_TEST(node.children[2].key == "");
  BOOST_TEST(node.children[2].text == "\"x,}\\\"\"");
  BOOST_TEST(node.children[3].text == "null");

  std::string out;
  node.write(out);
  BOOST_TEST(out == node.text);
  out.clear();
  node.is_changed = true;
  node.write(out);
  BOOST_TEST(out
             == "{\"a\":1.10,\"\\u0062\":{ \"c\" : [ ] },"
                "\"\":\"x,}\\\"\",\"n\":null}");
}

BOOST_AUTO_TEST_CASE(an_array_opens_to_its_elements) {
  text_pool pool;
  auto node = node_of("[ 1,[2,[3]] , \"]\" ]");
  BOOST_TEST_REQUIRE(node.open(pool));
  BOOST_TEST_REQUIRE(node.children.size() == 3u);
  BOOST_TEST(node.children[1].text == "[2,[3]]");
  node.children[0].is_dropped = true;
  node.is_changed = true;
  node.sweep();
  std::string out;
  node.write(out);
  BOOST_TEST(out == "[[2,[3]],\"]\"]");

  auto empty = node_of("[ ]");
  BOOST_TEST(empty.open(pool));
  BOOST_TEST(empty.children.empty());
}

BOOST_AUTO_TEST_CASE(broken_text_is_noticed_or_harmless) {
  text_pool pool;
  for (auto text :
       {"{",       "{\"",        "{\"a",     "{\"a\\",     "{\"a\"",
        "{\"a\":", "{\"a\":1",   "{\"a\":}", "{\"a\":1,}", "{\"a\":1 2}",
        "{a:1}",   "{\"a\":\"x", "{\"a\":[", "{,}",        "[",
        "[1",      "[1,",        "[,",       "[\"",        "[1 2]",
        "[{]"}) {
    auto node = node_of(text);
    BOOST_TEST(!node.open(pool), text);
  }
}

BOOST_AUTO_TEST_CASE(depth_counts_levels) {
  BOOST_TEST(json_depth("1") == 0u);
  BOOST_TEST(json_depth("\"[{\\\"[\"") == 0u);
  BOOST_TEST(json_depth("[]") == 1u);
  BOOST_TEST(json_depth("{\"a\":[1,{}],\"b\":[]}") == 3u);
}
