#include "actors/transforms/transform.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

#include <ostream>
#include <thread>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(transform_test)

namespace {

transform parse(const std::string& steps) {
  auto parsed = transform::parse(R"({"steps":[)" + steps + "]}");
  BOOST_TEST_REQUIRE(parsed.has_value(), parsed.error().message);
  return *parsed;
}

struct example {
  std::string steps;
  std::string item;
  std::string result;
};

std::ostream& operator<<(std::ostream& out, const example& x) {
  return out << x.steps << " of " << x.item;
}

const example examples[] = {
  // The example of the header.
  {R"({"pick":["name","/data/price"]},{"trim":["name"]},
        {"cast":{"/data/price":"number"}},{"set":{"source":"iso"}})",
   R"({"name":" Rome ","rank":1,"data":{"price":"1.10","tax":2}})",
   R"({"name":"Rome","data":{"price":1.10},"source":"iso"})"},

  // pick
  {R"({"pick":["b","a"]})", R"({"a":1,"x":2,"b":3})", R"({"a":1,"b":3})"},
  {R"({"pick":["z"]})", R"({"a":1})", "{}"},
  {R"({"pick":["a"]})", "{}", "{}"},
  {R"({"pick":["/a/b/c"]})", R"({"a":{"b":{"c":1,"d":2},"e":3},"f":4})",
   R"({"a":{"b":{"c":1}}})"},
  {R"({"pick":["/a/b","/a/d","f"]})", R"({"f":4,"a":{"b":1,"c":2,"d":3}})",
   R"({"f":4,"a":{"b":1,"d":3}})"},
  {R"({"pick":["/a/z","b"]})", R"({"a":{"y":1},"b":2})", R"({"b":2})"},
  {R"({"pick":["/a/z"]})", R"({"a":"text"})", "{}"},
  {R"({"pick":["/t/0","/t/2"]})", R"({"t":[1,2,3,4]})", R"({"t":[1,3]})"},
  {R"({"pick":["/t/1/x"]})", R"({"t":[{"x":1},{"x":2,"y":3}]})",
   R"({"t":[{"x":2}]})"},
  {R"({"pick":["/t/-","/t/01","/t/9","/t/x"]})", R"({"t":[1]})", "{}"},
  {R"({"pick":["a"]})", R"({"a":1,"b":2,"a":3})", R"({"a":3})"},
  {R"({"pick":["/a~1b","/c~0d","/"]})", R"({"a/b":1,"c~d":2,"":3,"a":{"b":4}})",
   R"({"a/b":1,"c~d":2,"":3})"},
  {R"({"pick":["a/b"]})", R"({"a/b":1,"a":{"b":2}})", R"({"a/b":1})"},
  {R"({"pick":["é","名"]})", R"({"\u00e9":1,"名":2,"x":3})",
   R"({"\u00e9":1,"名":2})"},

  // omit
  {R"({"omit":["b"]})", R"({"a":1,"b":2,"c":3})", R"({"a":1,"c":3})"},
  {R"({"omit":["a"]})", R"({"a":1,"b":2,"a":3})", R"({"b":2})"},
  {R"({"omit":["/a/b"]})", R"({"a":{"b":1,"c":2}})", R"({"a":{"c":2}})"},
  {R"({"omit":["/a/b"]})", R"({"a":{"b":1}})", R"({"a":{}})"},
  {R"({"omit":["/t/0","/t/1"]})", R"({"t":[1,2,3]})", R"({"t":[3]})"},
  {R"({"omit":["a","b"]})", R"({"a":1,"b":2})", "{}"},
  {R"({"omit":["z","/a/b","/c/0","/d/-"]})",
   R"({ "a" : 1 , "c" : "x" , "d" : [ 1 ] })",
   R"({ "a" : 1 , "c" : "x" , "d" : [ 1 ] })"},

  // rename
  {R"({"rename":{"a":"z"}})", R"({"a":1,"b":2})", R"({"z":1,"b":2})"},
  {R"({"rename":{"a":"b"}})", R"({"b":2,"a":1,"c":3})", R"({"b":1,"c":3})"},
  {R"({"rename":{"a":"b","b":"a"}})", R"({"a":1,"b":2})", R"({"b":1,"a":2})"},
  {R"({"rename":{"a":"b","b":"c"}})", R"({"a":1,"b":2,"c":3})",
   R"({"b":1,"c":2})"},
  {R"({"rename":{"z":"b"}})", R"({"a":1,"b":2})", R"({"a":1,"b":2})"},
  {R"({"rename":{"a":"b"}})", R"({"a":1,"b":2,"a":3,"b":4})", R"({"b":3})"},
  {R"({"rename":{"/a/b":"c"}})", R"({"a":{"b":1},"b":2})",
   R"({"a":{"c":1},"b":2})"},
  {R"({"rename":{"/t/0/x":"y"}})", R"({"t":[{"x":1}]})", R"({"t":[{"y":1}]})"},
  {R"({"rename":{"a":"\u00e9\"\n"}})", R"({"a":1})", R"({"é\"\n":1})"},
  {R"({"rename":{"/t/7":"y"}})", R"({"t":[1]})", R"({"t":[1]})"},

  // set
  {R"({"set":{"a":2}})", R"({"a":1,"b":1})", R"({"a":2,"b":1})"},
  {R"({"set":{"b":2}})", R"({"a":1})", R"({"a":1,"b":2})"},
  {R"({"set":{"b":null,"c":[ 1.10 , "a b" ]}})", "{}",
   R"({"b":null,"c":[1.10,"a b"]})"},
  {R"({"set":{"/a/b/c":1,"/a/b/d":2}})", "{}", R"({"a":{"b":{"c":1,"d":2}}})"},
  {R"({"set":{"/a/b":1}})", R"({"a":{"c":2}})", R"({"a":{"c":2,"b":1}})"},
  {R"({"set":{"a":9}})", R"({"a":1,"b":2,"a":3})", R"({"b":2,"a":9})"},
  {R"({"set":{"/t/0":9,"/t/2":8,"/t/-":7}})", R"({"t":[1,2]})",
   R"({"t":[9,2,8,7]})"},
  {R"({"set":{"/t/-/x":1}})", R"({"t":[]})", R"({"t":[{"x":1}]})"},
  {R"({"set":{"/t/0/x":1}})", R"({"t":[{}]})", R"({"t":[{"x":1}]})"},
  {R"({"set":{"/t/0":1}})", "{}", R"({"t":{"0":1}})"},
  {R"({"set":{"/é~1":1}})", "{}", R"({"é/":1})"},

  // default
  {R"({"default":{"a":2,"b":3,"c":4}})", R"({"a":1,"b":null})",
   R"({"a":1,"b":3,"c":4})"},
  {R"({"default":{"a":2}})", R"({"a":false})", R"({"a":false})"},
  {R"({"default":{"/a/b":2}})", R"({"a":{"b":null}})", R"({"a":{"b":2}})"},
  {R"({"default":{"/a/b":2}})", "{}", R"({"a":{"b":2}})"},
  {R"({"default":{"/t/0":2,"/t/1":3}})", R"({"t":[null]})", R"({"t":[2,3]})"},
  {R"({"default":{"a":2}})", R"({"a":1,"a":null})", R"({"a":2})"},
  {R"({"default":{"a":2}})", R"({"a":null,"a":1})", R"({"a":null,"a":1})"},

  // cast
  {R"({"cast":{"a":"number","b":"string","c":"integer","d":"boolean"}})",
   R"({"a":"1.10","b":1.10,"c":"2.0","d":"true"})",
   R"({"a":1.10,"b":"1.10","c":2,"d":true})"},
  {R"({"cast":{"a":"number","b":"string"}})", R"({ "a":null })",
   R"({ "a":null })"},
  {R"({"cast":{"/a/0":"string"}})", R"({"a":[1,2]})", R"({"a":["1",2]})"},
  {R"({"cast":{"a":"string"}})", R"({"a":1,"a":2})", R"({"a":1,"a":"2"})"},

  // upper, lower, trim
  {R"({"upper":["a"]},{"lower":["b"]},{"trim":["c"]})",
   R"({"a":"straße é","b":"ÀÉ X","c":" \t x y \u00a0\n"})",
   R"({"a":"STRAẞE É","b":"àé x","c":"x y"})"},
  {R"({"upper":["a"]})", R"({"a":"x\n\u00e9\"\u0001\ud83c\udf89"})",
   R"({"a":"X\nÉ\"\u0001🎉"})"},
  {R"({"upper":["a","b","z","/c/d"]})", R"({ "a":"\u0041\/","b":null })",
   R"({ "a":"\u0041\/","b":null })"},
  {R"({"trim":["/a/b/0"]})", R"({"a":{"b":[" x "," y "]}})",
   R"({"a":{"b":["x"," y "]}})"},

  // Steps see what the steps before them made.
  {R"({"set":{"a":" x "}},{"trim":["a"]},{"upper":["a"]},
        {"rename":{"a":"b"}},{"set":{"/c/d":1}},{"pick":["b","/c/d"]},
        {"omit":["/c/d"]},{"default":{"/c/e":{"f":"g"}}},{"upper":["/c/e/f"]})",
   R"({"z":0})", R"({"b":"X","c":{"e":{"f":"G"}}})"},

  // What no step changes keeps its bytes.
  {R"({"omit":["x"]})",
   R"( { "n" : [ 1E5 , -0.0,1.10 ] ,"u":18446744073709551615 , "x" : 0,
         "s\/":"\u0041\/" ,  "o":{ "b" : 1 , "a":2 , "b":3 } } )",
   R"({"n":[ 1E5 , -0.0,1.10 ],"u":18446744073709551615,)"
   R"("s\/":"\u0041\/","o":{ "b" : 1 , "a":2 , "b":3 }})"},
};

struct failure {
  std::string steps;
  std::string item;
  /// Where the message begins, behind "/options/transform/steps/".
  std::string position;
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const failure& x) {
  return out << x.steps << " of " << x.item;
}

const failure failures[] = {
  {R"({"pick":["a"]})", "[1]", "0/pick: ", "an array, not an object"},
  {R"({"pick":["a"]})", "null", "0/pick: ", "null, not an object"},
  {R"({"set":{"a":1}})", " \"x\"", "0/set: ", "a string, not an object"},
  {R"({"set":{"a":1}})", "", "0/set: ", "empty"},
  {R"({"set":{"a":1}})", "{\"a\":", "0/set: field \"a\": ", "not JSON"},
  {R"({"rename":{"/t/0":"x"}})", R"({"t":[1]})",
   "0/rename: field \"/t/0\": ", "no key"},
  {R"({"set":{"/a/b":1}})", R"({"a":5})",
   "0/set: field \"/a/b\": ", "a number"},
  {R"({"set":{"/a/b":1}})", R"({"a":null})", "0/set: field \"/a/b\": ", "null"},
  {R"({"default":{"/a/b/c":1}})", R"({"a":{"b":"x"}})",
   "0/default: field \"/a/b/c\": ", "a string"},
  {R"({"set":{"/t/3":1}})", R"({"t":[1,2]})",
   "0/set: field \"/t/3\": ", "only 2 elements"},
  {R"({"set":{"/t/x/y":1}})", R"({"t":[1,2]})",
   "0/set: field \"/t/x/y\": ", "index"},
  {R"({"trim":["z"]},{"cast":{"price":"number"}})", R"({"price":"abc"})",
   "1/cast: field \"price\": ", "\"abc\" is not a number"},
  {R"({"cast":{"a":"integer"}})", R"({"a":1.5})",
   "0/cast: field \"a\": ", "1.5 is not an integer"},
  {R"({"cast":{"a":"string"}})", R"({"a":{}})",
   "0/cast: field \"a\": ", "an object"},
  {R"({"upper":["a"]})", R"({"a":1})",
   "0/upper: field \"a\": ", "a number, not a string"},
  {R"({"trim":["/a/0"]})", R"({"a":[[]]})",
   "0/trim: field \"/a/0\": ", "an array, not a string"},
};

const std::string any_values[] = {
  "null", "true", "-0.0", "\"\\u0041\"", " [ 1 , 2 ] ", " { \"a\" : 1 } ",
};

std::string nested(size_t levels, const std::string& inner) {
  std::string text;
  for (size_t i = 0; i < levels; ++i)
    text += "{\"a\":";
  return text + inner + std::string(levels, '}');
}

} // namespace

BOOST_DATA_TEST_CASE(steps_make_a_new_item, examples) {
  auto result = parse(sample.steps).apply(sample.item);
  BOOST_TEST_REQUIRE(result.has_value(), result.error().message);
  BOOST_TEST(*result == sample.result);
  BOOST_TEST(json_reader{}.check(*result).has_value());
}

BOOST_DATA_TEST_CASE(a_step_that_cannot_be_done_says_why, failures) {
  auto result = parse(sample.steps).apply(sample.item);
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ec::transform_failed));
  const auto& message = result.error().message;
  BOOST_TEST(message.starts_with("/options/transform/steps/" + sample.position),
             message);
  BOOST_TEST((message.find(sample.reason) != std::string::npos), message);
}

BOOST_DATA_TEST_CASE(the_identity_takes_any_value, any_values) {
  transform identity;
  BOOST_TEST(identity.is_identity());
  BOOST_TEST(*identity.apply(sample) == sample);
  BOOST_TEST(*transform::parse("{}")->apply(sample) == sample);
}

BOOST_AUTO_TEST_CASE(messages_are_short_whatever_the_item) {
  std::string name(10'000, 'n');
  auto aut = parse(R"({"cast":{")" + name + R"(":"number"}})");
  auto result = aut.apply("{\"" + name + "\":\"" + name + "\"}");
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST(result.error().message.size() < 300u);
}

BOOST_AUTO_TEST_CASE(a_transform_outlives_the_text_it_was_read_from) {
  transform copy;
  {
    std::string json = R"({"steps":[{"set":{"a":"a value of some length"}}]})";
    copy = *transform::parse(json);
    json.assign(json.size(), 'x');
  }
  BOOST_TEST(*copy.apply("{}") == R"({"a":"a value of some length"})");
}

BOOST_AUTO_TEST_CASE(deep_items_are_taken) {
  auto levels = json_depth_max - 1;
  std::string field;
  for (size_t i = 0; i < transform_tokens_max; ++i)
    field += "/a";
  auto item = nested(levels, "\"x\"");
  BOOST_TEST(*parse(R"({"omit":["b"]})").apply(item) == item);
  BOOST_TEST(*parse("{\"pick\":[\"" + field + "\"]}").apply(item) == item);
  BOOST_TEST(*parse("{\"set\":{\"" + field + "\":1}}").apply(item)
             == nested(transform_tokens_max, "1"));
  // Deeper than the service takes, and still no harm.
  auto deeper = nested(1'000'000, "\"x\"");
  BOOST_TEST((*parse(R"({"omit":["b"]})").apply(deeper) == deeper));
}

BOOST_AUTO_TEST_CASE(many_fields_and_large_items_take_linear_time) {
  std::string upper = R"({"upper":[)";
  for (size_t i = 0; i < transform_fields_max; ++i)
    upper += std::string{i == 0 ? "" : ","} + "\"/" + std::to_string(i) + "\"";
  upper += "]}";
  std::string item = "{";
  std::string expected = "{";
  for (size_t i = 0; i < 50'000; ++i) {
    auto key
      = std::string{i == 0 ? "" : ","} + "\"" + std::to_string(i) + "\":";
    item += key + "\"x\"";
    expected += key + (i < transform_fields_max ? "\"X\"" : "\"x\"");
  }
  auto aut = parse(upper + "," + R"({"omit":["none"]})");
  BOOST_TEST((*aut.apply(item + "}") == expected + "}"));
}

BOOST_AUTO_TEST_CASE(threads_may_share_a_transform) {
  auto aut = parse(R"({"upper":["/a/b"]},{"set":{"c":1}})");
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i)
        result = *aut.apply(R"({"a":{"b":"x"}})");
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& result : results)
    BOOST_TEST(result == R"({"a":{"b":"X"},"c":1})");
}

BOOST_AUTO_TEST_SUITE_END()
