// The steps that make values of several fields, and those that look at the
// item as a whole.
#include "actors/transforms/transform.hpp"

#include "codecs/json_reader.hpp"

#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

struct example {
  std::string step;
  std::string item;
  /// Empty if the item is dropped.
  std::string result;
};

std::ostream& operator<<(std::ostream& out, const example& x) {
  return out << x.step << " of " << x.item;
}

const example examples[] = {
  // concat
  {R"({"concat":{"full":["first",{"value":" "},"last"]}})",
   R"({"first":"Ada","last":"L\u00f6w"})",
   R"({"first":"Ada","last":"L\u00f6w","full":"Ada L\u00f6w"})"},
  {R"({"concat":{"k":["/a/0","b","none","c",{"value":1.50}]}})",
   R"({"a":[1.10],"b":true,"c":null})",
   R"({"a":[1.10],"b":true,"c":null,"k":"1.10true1.50"})"},
  {R"({"concat":{"a":["none"]}})", R"({"a":1})", R"({"a":""})"},
  {R"({"concat":{"a":["b"],"b":["a"]}})", R"({"a":"x","b":"y"})",
   R"({"a":"y","b":"x"})"},

  // template
  {R"({"template":{"t":"{a}, {/b/c}! {{x}}"}})", R"({"a":"\"q\"","b":{"c":7}})",
   R"({"a":"\"q\"","b":{"c":7},"t":"\"q\", 7! {x}"})"},
  {R"({"template":{"/x/y":"line\n{none}"}})", "{}", R"({"x":{"y":"line\n"}})"},
  {R"({"template":{"t":""}})", "{}", R"({"t":""})"},

  // coalesce
  {R"({"coalesce":{"name":["name","/alt/name",{"value":"?"}]}})",
   R"({"name":null,"alt":{"name":"x"}})", R"({"name":"x","alt":{"name":"x"}})"},
  {R"({"coalesce":{"n":["a","b"]}})", R"({"a":null})", R"({"a":null})"},
  {R"({"coalesce":{"n":["a",{"value":{"x":[ 1 ]}}]}})", "{}",
   R"({"n":{"x":[1]}})"},
  {R"({"coalesce":{"n":["a"]}})", R"({"a":{ "b" : 1.0 }})",
   R"({"a":{ "b" : 1.0 },"n":{ "b" : 1.0 }})"},

  // arithmetic
  {R"({"arithmetic":{"price":"{price} * 1.1"}})", R"({"price":10})",
   R"({"price":11})"},
  {R"({"arithmetic":{"a":"{a} + 0.2","b":"0.1 * 3","c":"1.10 - 0.1"}})",
   R"({"a":0.1})", R"({"a":0.3,"b":0.3,"c":1})"},
  {R"x({"arithmetic":{"a":"round(2.675, 2)","b":"1 / 3","c":"7.5 % 2",
        "d":"-0.05","e":"1e-40 + 1","f":"0.5 / 0.25"}})x",
   "{}", R"({"a":2.68,"b":0.3333333333333333,"c":1.5,"d":-0.05,"e":1,"f":2})"},
  {R"({"arithmetic":{"t":"{a} + {b} * 2 - -1"}})", R"({"a":1,"b":2})",
   R"({"a":1,"b":2,"t":6})"},
  {R"({"arithmetic":{"t":"({a}+{b})/2"}})", R"({"a":1,"b":2})",
   R"({"a":1,"b":2,"t":1.5})"},
  {R"({"arithmetic":{"t":"{a}/2"}})", R"({"a":4})", R"({"a":4,"t":2})"},
  {R"({"arithmetic":{"t":"{a} % 3"}})", R"({"a":-7})", R"({"a":-7,"t":-1})"},
  {R"({"arithmetic":{"a":"{a} + 1"}})", R"({"a":9007199254740993})",
   R"({"a":9007199254740994})"},
  {R"({"arithmetic":{"a":"{a} - 1"}})", R"({"a":18446744073709551615})",
   R"({"a":18446744073709551614})"},
  {R"({"arithmetic":{"a":"{a} * {a} / {a}"}})", R"({"a":9223372036854775807})",
   R"({"a":9223372036854775807})"},
  {R"x({"arithmetic":{"a":"round({a} * 1.19, 2)","b":"floor(-1.5)",
        "c":"ceil(1.2)","d":"abs(-3)","e":"max(1, {a}, 2.5)",
        "f":"min({a}, 1e1)","g":"round(2.5)","h":"round(-0.5)"}})x",
   R"({"a":9.99})",
   R"({"a":11.89,"b":-2,"c":2,"d":3,"e":9.99,"f":9.99,"g":3,"h":-1})"},
  {R"({"arithmetic":{"a":"{b} + 1"}})", R"({"a":5})", R"({"a":5})"},
  {R"({"arithmetic":{"a":"{b} + 1"}})", R"({"a":5,"b":null})",
   R"({"a":5,"b":null})"},
  {R"({"arithmetic":{"/t/n":"1e2 + 1E-1 + 2e+1"}})", "{}",
   R"({"t":{"n":120.1}})"},

  // filter
  {R"({"filter":{"a":{"eq":1}}})", R"({ "a":1.0 })", R"({ "a":1.0 })"},
  {R"({"filter":{"a":{"eq":1}}})", R"({"a":2})", ""},
  {R"({"filter":{"a":{"eq":1}}})", "{}", ""},
  {R"({"filter":{"a":{"ne":1}}})", "{}", "{}"},
  {R"({"filter":{"a":{"ge":1,"lt":2},"/b/c":{"in":["x",2]}}})",
   R"({"a":1.5,"b":{"c":2e0}})", R"({"a":1.5,"b":{"c":2e0}})"},
  {R"({"filter":{"a":{"ge":1,"lt":2}}})", R"({"a":2})", ""},
  {R"({"filter":{"a":{"gt":9007199254740992}}})", R"({"a":9007199254740993})",
   R"({"a":9007199254740993})"},
  {R"({"filter":{"a":{"le":"m"}}})", R"({"a":"\u006d"})", R"({"a":"\u006d"})"},
  {R"({"filter":{"a":{"lt":"m"}}})", R"({"a":5})", ""},
  {R"({"filter":{"a":{"exists":true}}})", R"({"a":null})", R"({"a":null})"},
  {R"({"filter":{"a":{"exists":false}}})", R"({"a":null})", ""},
  {R"({"filter":{"a":{"type":"array"}}})", R"({"a":[]})", R"({"a":[]})"},
  {R"({"filter":{"a":{"contains":"b\"c","prefix":"ab","suffix":"d"}}})",
   R"({"a":"ab\"cd"})", R"({"a":"ab\"cd"})"},
  {R"({"filter":{"a":{"prefix":"x"}}})", R"({"a":1})", ""},
  {R"({"filter":{"a":{"eq":{"x":1,"y":[1,2]}}}})",
   R"({"a":{"y":[1,2.0],"x":1}})", R"({"a":{"y":[1,2.0],"x":1}})"},
  {R"({"filter":[{"a":{"eq":1}},{"b":{"eq":2}}]})", R"({"a":0,"b":2})",
   R"({"a":0,"b":2})"},
  {R"({"filter":[{"a":{"eq":1}},{"b":{"eq":2}}]})", R"({"a":0,"b":0})", ""},

  // flatten
  {R"({"flatten":"."})", R"({"a":{"b":1,"c":{"d":[{"e":1}]}},"f":{},"g":2})",
   R"({"a.b":1,"a.c.d":[{"e":1}],"f":{},"g":2})"},
  {R"({"flatten":{"data":"_"}})",
   R"({"id":1,"data":{"x":{"y":1.0}},"z":{"q":1}})",
   R"({"id":1,"data_x_y":1.0,"z":{"q":1}})"},
  {R"({"flatten":{"/a/b":""}})", R"({"a":{"b":{"c":1},"bc":2}})",
   R"({"a":{"bc":1}})"},
  {R"({"flatten":{"data":"."}})", R"({ "data" : 5 })", R"({ "data" : 5 })"},
  {R"({"flatten":{"d":"."}})", R"({"d":1,"d":{"\"":{"é":1}},"x":0})",
   R"({"d.\".é":1,"x":0})"},

  // merge
  {R"({"merge":{"a":null,"b":{"c":1,"d":null},"e":[1]}})",
   R"({"a":1,"b":{"d":2,"x":3.0},"z":"\u0041"})",
   R"({"b":{"x":3.0,"c":1},"z":"\u0041","e":[1]})"},
  {R"({"merge":{"a":2}})", R"({"a":1,"a":3})", R"({"a":2})"},
  {R"({"merge":{"a":1}})", "[1]", R"({"a":1})"},
  {R"({"merge":[1]})", R"({"a":1})", "[1]"},

  // patch
  {R"({"patch":[{"op":"test","path":"/a","value":1.0},
        {"op":"add","path":"/t/0","value":"x"},
        {"op":"move","from":"/a","path":"/b"},
        {"op":"copy","from":"/t","path":"/u"},
        {"op":"remove","path":"/t/1"},
        {"op":"replace","path":"/c","value":{"d":[]}}]})",
   R"({"a":1,"t":[ 1.0 ],"c":2})",
   R"({"t":["x"],"c":{"d":[]},"b":1,"u":["x",1.0]})"},
};

struct failure {
  std::string step;
  std::string item;
  std::string position;
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const failure& x) {
  return out << x.step << " of " << x.item;
}

const failure failures[] = {
  {R"({"concat":{"a":["b"]}})", R"({"b":[1]})",
   "0/concat: field \"a\": ", "\"b\" is an array"},
  {R"({"template":{"a":"{b}"}})", R"({"b":{}})",
   "0/template: field \"a\": ", "an object"},
  {R"({"arithmetic":{"a":"{b}"}})", R"({"b":"5"})",
   "0/arithmetic: field \"a\": ", "a string, not a number"},
  {R"({"arithmetic":{"a":"1/{b}"}})", R"({"b":0})",
   "0/arithmetic: field \"a\": ", "by zero"},
  {R"({"arithmetic":{"a":"1 % 0.0"}})", "{}",
   "0/arithmetic: field \"a\": ", "by zero"},
  {R"({"arithmetic":{"a":"{b} + 1"}})", R"({"b":18446744073709551615})",
   "0/arithmetic: field \"a\": ", "64-bit"},
  {R"({"arithmetic":{"a":"1e300 * 1e300"}})", "{}",
   "0/arithmetic: field \"a\": ", "finite"},
  {R"x({"arithmetic":{"a":"round(1.5, 99)"}})x", "{}",
   "0/arithmetic: field \"a\": ", "0 to 15"},
  {R"({"coalesce":{"/a/b":["c"]}})", R"({"a":5,"c":1})",
   "0/coalesce: field \"/a/b\": ", "a number"},
  {R"({"flatten":{"/a/0":"."}})", R"({"a":[{"b":1}]})",
   "0/flatten: field \"/a/0\": ", "no key"},
  {R"({"filter":{"a":{"eq":1}}})", "5",
   "0/filter: ", "a number, not an object"},
  {R"({"patch":[{"op":"test","path":"/a","value":1}]})", R"({"a":2})",
   "0/patch/0/test: ", "tested for"},
  {R"({"patch":[{"op":"remove","path":"/a/b"}]})", R"({"a":{}})",
   "0/patch/0/remove: ", "nothing is there"},
  {R"({"patch":[{"op":"add","path":"/a/2","value":1}]})", R"({"a":[1]})",
   "0/patch/0/add: ", "only 1 elements"},
  {R"({"patch":[{"op":"move","from":"/x","path":"/y"}]})", "{}",
   "0/patch/0/move: ", "from: nothing"},
  {R"({"merge":[1]},{"set":{"a":1}})", "{}", "1/set: ", "an array"},
};

struct fault {
  std::string step;
  /// Behind "/options/transform/steps/0".
  std::string position;
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const fault& x) {
  return out << x.step.substr(0, 100);
}

const fault faults[] = {
  {R"({"concat":["a"]})", "/concat", "object"},
  {R"({"concat":{"a":"b"}})", "/concat/a", "array of operands"},
  {R"({"concat":{"a":[]}})", "/concat/a", "at least one"},
  {R"({"concat":{"a":[5]}})", "/concat/a/0", "{\"value\""},
  {R"({"concat":{"a":["/x~"]}})", "/concat/a/0", "~"},
  {R"({"concat":{"a":[{"value":[1]}]}})", "/concat/a/0/value", "string"},
  {R"({"concat":{"a":[{"v":1}]}})", "/concat/a/0", "only member"},
  {R"({"coalesce":{"a":["b"],"/a":["c"]}})", "/coalesce/~1a", "twice"},
  {R"({"template":{"a":5}})", "/template/a", "string"},
  {R"({"template":{"a":"x {b"}})", "/template/a", "other half"},
  {R"({"template":{"a":"x } y"}})", "/template/a", "other half"},
  {R"({"template":{"a":"{}"}})", "/template/a", "empty"},
  {R"({"arithmetic":{"a":""}})", "/arithmetic/a", "at its end"},
  {R"({"arithmetic":{"a":"1 +"}})", "/arithmetic/a", "at its end"},
  {R"({"arithmetic":{"a":"1 2"}})", "/arithmetic/a", "operator"},
  {R"({"arithmetic":{"a":"01"}})", "/arithmetic/a", "a number"},
  {R"({"arithmetic":{"a":"price * 2"}})", "/arithmetic/a", "abs, ceil"},
  {R"x({"arithmetic":{"a":"round(1,2,3)"}})x", "/arithmetic/a", "too many"},
  {R"({"arithmetic":{"a":"(1"}})", "/arithmetic/a", "expected )"},
  {R"({"arithmetic":{"a":"{b"}})", "/arithmetic/a", "without }"},
  {R"({"filter":5})", "/filter", "object"},
  {R"({"filter":{}})", "/filter", "at least one"},
  {R"({"filter":[]})", "/filter", "at least one"},
  {R"({"filter":{"a":1}})", "/filter/a", "object"},
  {R"({"filter":{"a":{"is":1}}})", "/filter/a/is", "unknown test"},
  {R"({"filter":{"a":{"lt":null}}})", "/filter/a/lt", "number or a string"},
  {R"({"filter":{"a":{"type":"int"}}})", "/filter/a/type", "name of a type"},
  {R"({"filter":{"a":{"exists":1}}})", "/filter/a/exists", "true or false"},
  {R"({"filter":[{"a":{"in":1}}]})", "/filter/0/a/in", "array"},
  {R"({"filter":{"a":{"prefix":1}}})", "/filter/a/prefix", "string"},
  {R"({"flatten":5})", "/flatten", "object"},
  {R"({"flatten":{"a":1}})", "/flatten/a", "separator"},
  {R"({"patch":{}})", "/patch", "array of operations"},
  {R"({"patch":[]})", "/patch", "at least one"},
  {R"({"patch":[5]})", "/patch/0", "object"},
  {R"({"patch":[{"path":"/a"}]})", "/patch/0", "\"op\""},
  {R"({"patch":[{"op":"put","path":"/a"}]})", "/patch/0/op", "must be add"},
  {R"({"patch":[{"op":"remove","path":"a"}]})", "/patch/0/path", "begin with"},
  {R"({"patch":[{"op":"add","path":"/a"}]})", "/patch/0", "\"value\""},
  {R"({"patch":[{"op":"copy","path":"/a"}]})", "/patch/0", "\"from\""},
  {R"({"patch":[{"op":"move","from":"/a","path":"/a/b"}]})", "/patch/0",
   "into itself"},
  {R"({"patch":[{"op":"remove","path":""}]})", "/patch/0", "filter"},
};

expected<transform> parse(const std::string& step) {
  return transform::parse("{\"steps\":[" + step + "]}");
}

} // namespace

BOOST_DATA_TEST_CASE(a_step_makes_a_new_item_or_drops_it, examples) {
  auto aut = parse(sample.step);
  BOOST_TEST_REQUIRE(aut.has_value(), aut.error().message);
  auto result = aut->apply(sample.item);
  BOOST_TEST_REQUIRE(result.has_value(), result.error().message);
  BOOST_TEST(*result == sample.result);
  if (!result->empty())
    BOOST_TEST(json_reader{}.check(*result).has_value());
}

BOOST_DATA_TEST_CASE(a_step_that_cannot_be_computed_says_why, failures) {
  auto aut = parse(sample.step);
  BOOST_TEST_REQUIRE(aut.has_value(), aut.error().message);
  auto result = aut->apply(sample.item);
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ec::transform_failed));
  const auto& message = result.error().message;
  BOOST_TEST(message.starts_with("/options/transform/steps/" + sample.position),
             message);
  BOOST_TEST((message.find(sample.reason) != std::string::npos), message);
}

BOOST_DATA_TEST_CASE(a_faulty_step_is_refused_with_its_position, faults) {
  auto aut = parse(sample.step);
  BOOST_TEST_REQUIRE(!aut.has_value());
  BOOST_TEST((aut.error().code == ec::invalid_option));
  auto position = "/options/transform/steps/0" + sample.position;
  BOOST_TEST(aut.error().pointer == position);
  const auto& message = aut.error().message;
  BOOST_TEST(message.starts_with(position + ": "), message);
  BOOST_TEST((message.find(sample.reason) != std::string::npos), message);
}
