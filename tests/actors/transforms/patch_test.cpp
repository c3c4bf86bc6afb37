// The examples of RFC 6902, appendix A, and of RFC 7396, appendix A.
#include "actors/transforms/merge_patch.hpp"
#include "actors/transforms/transform.hpp"

#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(patch_test)

namespace {

struct example {
  std::string patch;
  std::string value;
  /// Empty if the patch fails.
  std::string result;
};

std::ostream& operator<<(std::ostream& out, const example& x) {
  return out << x.patch << " of " << x.value;
}

const example patches[] = {
  {R"([{"op":"add","path":"/baz","value":"qux"}])", R"({"foo":"bar"})",
   R"({"foo":"bar","baz":"qux"})"},
  {R"([{"op":"add","path":"/foo/1","value":"qux"}])",
   R"({"foo":["bar","baz"]})", R"({"foo":["bar","qux","baz"]})"},
  {R"([{"op":"remove","path":"/baz"}])", R"({"baz":"qux","foo":"bar"})",
   R"({"foo":"bar"})"},
  {R"([{"op":"remove","path":"/foo/1"}])", R"({"foo":["bar","qux","baz"]})",
   R"({"foo":["bar","baz"]})"},
  {R"([{"op":"replace","path":"/baz","value":"boo"}])",
   R"({"baz":"qux","foo":"bar"})", R"({"baz":"boo","foo":"bar"})"},
  {R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
   R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
   R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
  {R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
   R"({"foo":["all","grass","cows","eat"]})",
   R"({"foo":["all","cows","eat","grass"]})"},
  {R"([{"op":"test","path":"/baz","value":"qux"},
       {"op":"test","path":"/foo/1","value":2}])",
   R"({"baz":"qux","foo":["a",2,"c"]})", R"({"baz":"qux","foo":["a",2,"c"]})"},
  {R"([{"op":"test","path":"/baz","value":"bar"}])", R"({"baz":"qux"})", ""},
  {R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])",
   R"({"foo":"bar"})", R"({"foo":"bar","child":{"grandchild":{}}})"},
  {R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])",
   R"({"foo":"bar"})", R"({"foo":"bar","baz":"qux"})"},
  {R"([{"op":"add","path":"/baz/bat","value":"qux"}])", R"({"foo":"bar"})", ""},
  {R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})",
   R"({"/":9,"~1":10})"},
  {R"([{"op":"test","path":"/~01","value":"10"}])", R"({"/":9,"~1":10})", ""},
  {R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
   R"({"foo":["bar"]})", R"({"foo":["bar",["abc","def"]]})"},
  {R"([{"op":"replace","path":"","value":5}])", R"({"foo":1})", "5"},
  {R"([{"op":"copy","from":"","path":"/a"}])", R"({"b":1})",
   R"({"b":1,"a":{"b":1}})"},
  {R"([{"op":"add","path":"/0","value":1}])", "[2]", "[1,2]"},
  {R"([{"op":"add","path":"/x","value":1}])", "[2]", ""},
  {R"([{"op":"remove","path":"/-"}])", "[2]", ""},
};

const example merges[] = {
  {R"({"a":"c"})", R"({"a":"b"})", R"({"a":"c"})"},
  {R"({"b":"c"})", R"({"a":"b"})", R"({"a":"b","b":"c"})"},
  {R"({"a":null})", R"({"a":"b"})", R"({})"},
  {R"({"a":null})", R"({"a":"b","b":"c"})", R"({"b":"c"})"},
  {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":"c"})"},
  {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":["b"]})"},
  {R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"c"}})", R"({"a":{"b":"d"}})"},
  {R"({"a":[1]})", R"({"a":[{"b":"c"}]})", R"({"a":[1]})"},
  {R"(["c","d"])", R"(["a","b"])", R"(["c","d"])"},
  {R"(["c"])", R"({"a":"b"})", R"(["c"])"},
  {"null", R"({"a":"foo"})", "null"},
  {R"("bar")", R"({"a":"foo"})", R"("bar")"},
  {R"({"a":1})", R"({"e":null})", R"({"e":null,"a":1})"},
  {R"({"a":"b","c":null})", R"([1,2])", R"({"a":"b"})"},
  {R"({"a":{"bb":{"ccc":null}}})", "{}", R"({"a":{"bb":{}}})"},
  // Of a doubled key the last one counts.
  {R"({"a":{"x":1}})", R"({"a":{"y":1},"a":{"z":2}})",
   R"({"a":{"z":2,"x":1}})"},
};

} // namespace

BOOST_DATA_TEST_CASE(a_json_patch_is_applied, patches) {
  auto aut = transform::parse(R"({"steps":[{"patch":)" + sample.patch + "}]}");
  BOOST_TEST_REQUIRE(aut.has_value(), aut.error().message);
  auto result = aut->apply(sample.value);
  BOOST_TEST_REQUIRE(result.has_value() == !sample.result.empty());
  if (result)
    BOOST_TEST(*result == sample.result);
}

BOOST_DATA_TEST_CASE(a_merge_patch_is_applied, merges) {
  auto result = merge_patch(sample.value, sample.patch);
  BOOST_TEST_REQUIRE(result.has_value());
  BOOST_TEST(*result == sample.result);
}

BOOST_AUTO_TEST_CASE(a_patch_cannot_grow_an_item_without_end) {
  std::string patch;
  for (int i = 0; i < 100; ++i)
    patch += std::string{i == 0 ? "" : ","}
             + R"({"op":"copy","from":"","path":"/a)" + std::to_string(i)
             + R"("})";
  auto aut = transform::parse(R"({"steps":[{"patch":[)" + patch + "]}]}");
  BOOST_TEST_REQUIRE(aut.has_value());
  auto result = aut->apply(R"({"b":"some text"})");
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ec::transform_failed));
}

BOOST_AUTO_TEST_SUITE_END()
