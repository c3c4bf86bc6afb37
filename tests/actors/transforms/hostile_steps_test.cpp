// Steps that mean harm: to make much of little, or to take long.
#include "actors/transforms/transform.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"

#include <ctime>
#include <functional>
#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(hostile_steps_test)

namespace {

std::string repeat(const std::string& text, size_t count,
                   const std::string& between = ",") {
  std::string all;
  for (size_t i = 0; i < count; ++i)
    all += (i == 0 ? "" : between) + text;
  return all;
}

std::string nested(const std::string& open, const std::string& inner,
                   const std::string& close, size_t levels) {
  return repeat(open, levels, "") + inner + repeat(close, levels, "");
}

/// Members "0": … up to a size.
std::string wide_object(size_t members, const std::string& value) {
  std::string text = "{";
  for (size_t i = 0; i < members; ++i)
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + value;
  return text + "}";
}

const std::string long_text(1'000'000, 'x');
const std::string small = R"({"a":"some text","b":{"c":[1,2,3]},"n":7})";
const std::string long_item = "{\"a\":\"" + long_text + "\",\"n\":1}";
const std::string wide = wide_object(100'000, "1");
const std::string deep = nested("{\"a\":", "1", "}", 1000);
/// A large value at the end of a long way.
const std::string deep_and_large
  = nested("{\"a\":", "\"" + std::string(900'000, 'x') + "\"", "}", 1000);
const std::string doubled = "{" + repeat("\"a\":{\"b\":1}", 50'000) + "}";
const std::string long_array = "{\"a\":[" + repeat("{}", 300'000) + "]}";

std::string fields(size_t count) {
  std::string names;
  for (size_t i = 0; i < count; ++i)
    names += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\"";
  return names;
}

std::string deep_pointer(size_t tokens) {
  return repeat("/a", tokens, "");
}

/// Many copies of one field.
std::string coalesce_to(size_t count) {
  std::string step = R"({"coalesce":{)";
  for (size_t i = 0; i < count; ++i)
    step += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + R"(":["a"])";
  return step + "}}";
}

struct hostile {
  std::string name;
  std::string steps;
  const std::string* item;
};

std::ostream& operator<<(std::ostream& out, const hostile& x) {
  return out << x.name;
}

const hostile specs[] = {
  // Growth.
  {"template doubles", repeat(R"({"template":{"a":"{a}{a}"}})", 64), &small},
  {"template grows a lot",
   "{\"template\":{\"a\":\"" + repeat("{a}", 250, "") + "\"}}", &long_item},
  {"concat doubles", repeat(R"({"concat":{"a":["a","a"]}})", 64), &small},
  {"concat of many", "{\"concat\":{\"x\":[" + repeat("\"a\"", 256) + "]}}",
   &long_item},
  {"coalesce doubles",
   repeat(R"({"coalesce":{"/b/x":["b"],"/b/y":["b"]}})", 64), &small},
  {"coalesce to many", coalesce_to(200), &long_item},
  {"coalesce to many, then again", coalesce_to(200) + "," + coalesce_to(200),
   &long_item},
  {"coalesce nests", repeat(R"({"coalesce":{"/b/x":["b"]}})", 64), &deep},
  {"copy doubles",
   "{\"patch\":[" + repeat(R"({"op":"copy","from":"","path":"/a"})", 256)
     + "]}",
   &small},
  {"copy of large",
   "{\"patch\":[" + repeat(R"({"op":"copy","from":"/a","path":"/b"})", 256)
     + "]}",
   &long_item},
  {"copy nests",
   "{\"patch\":[" + repeat(R"({"op":"copy","from":"/a","path":"/a/a"})", 256)
     + "]}",
   &deep},
  {"move back and forth",
   "{\"patch\":["
     + repeat(R"({"op":"move","from":"/a","path":"/b"},)"
              R"({"op":"move","from":"/b","path":"/a"})",
              128)
     + "]}",
   &long_item},
  {"add to the front",
   "{\"patch\":[" + repeat(R"({"op":"add","path":"/a/0","value":1})", 256)
     + "]}",
   &long_array},
  {"remove from the front",
   "{\"patch\":[" + repeat(R"({"op":"remove","path":"/a/0"})", 256) + "]}",
   &long_array},
  {"test of large",
   "{\"patch\":[" + repeat(R"({"op":"test","path":"","value":{"a":{}}})", 256)
     + "]}",
   &wide},
  {"set many", repeat(R"({"set":{"/x/-":1}})", 64), &small},
  {"set deep", "{\"set\":{\"" + deep_pointer(64) + "\":1}}", &deep_and_large},
  {"default deep", repeat("{\"default\":{\"" + deep_pointer(64) + "\":1}}", 64),
   &deep_and_large},
  {"flatten deep", R"({"flatten":"."})", &deep},
  {"flatten deep and large", R"({"flatten":"."})", &deep_and_large},
  {"flatten by a long separator",
   "{\"flatten\":\"" + std::string(30'000, 's') + "\"}", &deep},
  {"flatten by a long separator, wide",
   "{\"flatten\":\"" + std::string(30'000, 's') + "\"}", &doubled},
  {"flatten doubled keys", R"({"flatten":{"a":"."}})", &doubled},
  {"flatten again and again", repeat(R"({"flatten":"."})", 64), &wide},
  {"merge deep", "{\"merge\":" + nested("{\"a\":", "2", "}", 64) + "}",
   &deep_and_large},
  {"merge again and again",
   repeat("{\"merge\":" + nested("{\"a\":", "2", "}", 16) + "}", 64),
   &deep_and_large},
  {"merge doubled keys", R"({"merge":{"a":{"b":2},"c":3}})", &doubled},
  {"merge many members", "{\"merge\":" + wide_object(5'000, "null") + "}",
   &wide},
  // Looking.
  {"filter equal to deep",
   "{\"filter\":{\"a\":{\"eq\":" + nested("{\"a\":", "2", "}", 900) + "}}}",
   &deep_and_large},
  {"filter by many",
   "{\"filter\":{\"a\":{\"in\":[" + repeat(nested("{\"a\":", "2", "}", 30), 200)
     + "]}}}",
   &deep_and_large},
  {"filter by many parts",
   "{\"filter\":["
     + repeat(R"({"a":{"contains":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy"}})",
              250)
     + "]}",
   &long_item},
  {"filter by many fields",
   "{\"filter\":{" + repeat(R"("/a/b/c":{"exists":true})", 1) + "}}", &wide},
  {"pick many", "{\"pick\":[" + fields(256) + "]}", &wide},
  {"pick deep", "{\"pick\":[\"" + deep_pointer(64) + "\"]}", &deep_and_large},
  {"pick again and again", repeat("{\"pick\":[" + fields(100) + "]}", 64),
   &wide},
  {"omit many", "{\"omit\":[" + fields(256) + "]}", &wide},
  {"omit again and again", repeat(R"({"omit":["none"]})", 64), &wide},
  {"rename many",
   "{\"rename\":{" + repeat(R"("0":"x")", 1) + R"(,"1":"y"})" + "}", &wide},
  {"rename doubled keys", R"({"rename":{"a":"z"}})", &doubled},
  {"upper of large", repeat(R"({"upper":["a"]},{"lower":["a"]})", 32),
   &long_item},
  {"trim of large", repeat(R"({"trim":["a"]})", 64), &long_item},
  {"cast of large", repeat(R"({"cast":{"a":"string"}})", 64), &long_item},
  {"cast of a long number", R"({"cast":{"a":"number"}})", &long_item},
  {"arithmetic deep",
   "{\"arithmetic\":{\"n\":\"" + nested("(", "1", ")", 60) + "\"}}", &small},
  {"arithmetic long",
   "{\"arithmetic\":{\"n\":\"1" + repeat("*9", 120, "") + "\"}}", &small},
  {"arithmetic grows", repeat(R"({"arithmetic":{"n":"{n} * {n}"}})", 64),
   &small},
  {"arithmetic of decimals", repeat(R"({"arithmetic":{"n":"{n} * 0.1"}})", 64),
   &small},
  {"arithmetic of huge exponents",
   R"({"arithmetic":{"n":"{n} * 1e308 / 1e-308 % 1e-300"}})", &small},
  {"round of much", R"x({"arithmetic":{"n":"round({n} / 3, 15)"}})x", &small},
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
         + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// What is refused when it is submitted, each with its position.
const std::string refused[] = {
  R"({"arithmetic":{"n":")" + std::string(10'000, '(') + R"("}})",
  R"({"arithmetic":{"n":")" + std::string(10'000, '-') + R"(1"}})",
  R"({"arithmetic":{"n":")" + repeat("1", 300, "+") + R"("}})",
  R"({"template":{"n":")" + repeat("{a}", 300, "") + R"("}})",
  "{\"concat\":{\"n\":[" + repeat("\"a\"", 300) + "]}}",
  "{\"merge\":" + nested("{\"a\":", "1", "}", 65) + "}",
  "{\"patch\":[" + repeat(R"({"op":"remove","path":"/a"})", 257) + "]}",
  R"({"patch":[{"op":"remove","path":")" + deep_pointer(65) + R"("}]})",
  "{\"filter\":[" + repeat(R"({"a":{"eq":1}})", 257) + "]}",
};

} // namespace

BOOST_DATA_TEST_CASE(hostile_steps_take_little_and_make_little, specs) {
  auto aut = transform::parse("{\"steps\":[" + sample.steps + "]}");
  BOOST_TEST_REQUIRE(aut.has_value(), aut.error().message);
  auto begin = cpu_seconds();
  auto result = aut->apply(*sample.item);
  // The bounds of json_node.hpp, with an item of a megabyte.
  BOOST_TEST(cpu_seconds() - begin < 2);
  if (!result) {
    BOOST_TEST((result.error().code == ec::transform_failed));
    BOOST_TEST(result.error().message.size() < 1000u);
    return;
  }
  BOOST_TEST(result->size() < 64u << 20);
  if (!result->empty() && result->size() <= item_bytes_max)
    BOOST_TEST(json_reader{}.check(*result).has_value());
}

BOOST_DATA_TEST_CASE(steps_beyond_the_limits_are_refused, refused) {
  auto aut = transform::parse("{\"steps\":[" + sample + "]}");
  BOOST_TEST_REQUIRE(!aut.has_value());
  BOOST_TEST(aut.error().pointer.starts_with("/options/transform/steps/0/"));
}

BOOST_AUTO_TEST_SUITE_END()
