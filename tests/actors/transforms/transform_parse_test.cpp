#include "actors/transforms/transform.hpp"

#include "codecs/limits.hpp"

#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(transform_parse_test)

namespace {

const std::string identities[] = {
  "{}",
  " { } ",
  R"({"steps":[]})",
};

const std::string valid[] = {
  R"({"steps":[{"pick":["name","/data/price"]}]})",
  R"({"steps":[{"omit":["x","x/y","/x~1z"]}]})",
  R"({"steps":[{"rename":{"old":"new","/a/b":"c","/d/b":"c"}}]})",
  R"({"steps":[{"rename":{"a":"a"}}]})",
  R"({"steps":[{"set":{"source":"iso","/a/b":{"a":1,"a":2}}}]})",
  R"({"steps":[{"default":{"lang":"en","/list/-":null}}]})",
  R"({"steps":[{"cast":{"a":"string","b":"number","c":"integer",
                  "d":"boolean"}}]})",
  R"({"steps":[{"upper":["a"]},{"lower":["a"]},{"trim":["a"]}]})",
  R"({"steps":[{"upper":["/"]}]})",
};

/// A text that is refused, the place that is named, and a word of the reason.
struct fault {
  std::string json;
  std::string position;
  std::string reason;
};

std::ostream& operator<<(std::ostream& out, const fault& x) {
  return out << x.json.substr(0, 100);
}

const fault faults[] = {
  {"", "", ""},
  {"{", "", ""},
  {R"({"steps":[{"set":{"a":1e999}}]})", "", ""},
  {"null", "", "object"},
  {"[]", "", "object"},
  {"\"pick\"", "", "object"},
  {R"({"step":[]})", "/step", "unknown"},
  {R"({"steps":[],"more":1})", "/more", "unknown"},
  {R"({"steps":[],"steps":[]})", "/steps", "more than once"},
  {R"({"steps":null})", "/steps", "array"},
  {R"({"steps":{}})", "/steps", "array"},
  {R"({"steps":["pick"]})", "/steps/0", "object"},
  {R"({"steps":[{"pick":["a"]},{}]})", "/steps/1", "exactly one"},
  {R"({"steps":[{"pick":["a"],"omit":["b"]}]})", "/steps/0", "exactly one"},
  {R"({"steps":[{"pick":["a"],"pick":["b"]}]})", "/steps/0/pick",
   "more than once"},
  {R"({"steps":[{"drop":["a"]}]})", "/steps/0/drop", "unknown step"},
  {R"({"steps":[{"Pick":["a"]}]})", "/steps/0/Pick", "unknown step"},
  {R"({"steps":[{"a/~b":["a"]}]})", "/steps/0/a~1~0b", "unknown step"},

  {R"({"steps":[{"pick":"a"}]})", "/steps/0/pick", "array"},
  {R"({"steps":[{"pick":{"a":1}}]})", "/steps/0/pick", "array"},
  {R"({"steps":[{"pick":[]}]})", "/steps/0/pick", "at least one"},
  {R"({"steps":[{"omit":["a",1]}]})", "/steps/0/omit/1", "string"},
  {R"({"steps":[{"omit":["a",null]}]})", "/steps/0/omit/1", "string"},
  {R"({"steps":[{"upper":[""]}]})", "/steps/0/upper/0", "empty"},
  {R"({"steps":[{"lower":["a","/b~"]}]})", "/steps/0/lower/1", "~"},
  {R"({"steps":[{"trim":["a","b","a"]}]})", "/steps/0/trim/2", "twice"},
  {R"({"steps":[{"trim":["a","/a"]}]})", "/steps/0/trim/1", "twice"},
  {R"({"steps":[{"pick":["a","/a/b"]}]})", "/steps/0/pick/1",
   "inside of \"a\""},
  {R"({"steps":[{"pick":["/a/b/c","/a/b"]}]})", "/steps/0/pick/1",
   "inside of it"},

  {R"({"steps":[{"rename":["a"]}]})", "/steps/0/rename", "object"},
  {R"({"steps":[{"rename":{}}]})", "/steps/0/rename", "at least one"},
  {R"({"steps":[{"rename":{"":"a"}}]})", "/steps/0/rename/", "empty"},
  {R"({"steps":[{"rename":{"a":1}}]})", "/steps/0/rename/a", "string"},
  {R"({"steps":[{"rename":{"a":""}}]})", "/steps/0/rename/a", "empty"},
  {R"({"steps":[{"rename":{"a":"/b/c"}}]})", "/steps/0/rename/a",
   "no JSON Pointer"},
  {R"({"steps":[{"rename":{"a":"c","b":"c"}}]})", "/steps/0/rename/b",
   "two fields"},
  {R"({"steps":[{"rename":{"a":"c","a":"d"}}]})", "/steps/0/rename/a",
   "more than once"},
  {R"({"steps":[{"rename":{"/a~":"c"}}]})", "/steps/0/rename/~1a~0", "~"},

  {R"({"steps":[{"set":[]}]})", "/steps/0/set", "object"},
  {R"({"steps":[{"set":{"a":1,"\u0061":2}}]})", "/steps/0/set/a",
   "more than once"},
  {R"({"steps":[{"set":{"a":1,"/a":2}}]})", "/steps/0/set/~1a", "twice"},
  {R"({"steps":[{"default":{"/a/b":1,"a":{}}}]})", "/steps/0/default/a",
   "inside of it"},

  {R"({"steps":[{},{"pick":["a"]},{"cast":{"price":"float"}}]})", "/steps/0",
   "exactly one"},
  {R"({"steps":[{"pick":["a"]},{"trim":["a"]},{"cast":{"price":"float"}}]})",
   "/steps/2/cast/price", "unknown type \"float\""},
  {R"({"steps":[{"cast":{"/data/x":null}}]})", "/steps/0/cast/~1data~1x",
   "type"},
  {R"({"steps":[{"cast":["a"]}]})", "/steps/0/cast", "object"},
};

std::string nested(size_t levels) {
  return std::string(levels, '[') + "1" + std::string(levels, ']');
}

std::string steps(size_t count) {
  std::string json = R"({"steps":[)";
  for (size_t i = 0; i < count; ++i)
    json += std::string{i == 0 ? "" : ","} + R"({"trim":["a"]})";
  return json + "]}";
}

std::string fields(size_t count) {
  std::string json = R"({"steps":[{"trim":[)";
  for (size_t i = 0; i < count; ++i)
    json += std::string{i == 0 ? "" : ","} + "\"" + std::to_string(i) + "\"";
  return json + "]}]}";
}

std::string position_of_fault(std::string_view json) {
  auto parsed = transform::parse(json);
  BOOST_TEST_REQUIRE(!parsed.has_value());
  BOOST_TEST((parsed.error().code == ec::invalid_option));
  const auto& message = parsed.error().message;
  return message.substr(0, message.find(": "));
}

} // namespace

BOOST_DATA_TEST_CASE(no_steps_are_the_identity, identities) {
  auto parsed = transform::parse(sample);
  BOOST_TEST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->is_identity());
}

BOOST_DATA_TEST_CASE(a_transform_of_the_grammar_is_taken, valid) {
  auto parsed = transform::parse(sample);
  BOOST_TEST_REQUIRE(parsed.has_value());
  BOOST_TEST(!parsed->is_identity());
}

BOOST_DATA_TEST_CASE(a_fault_is_refused_with_its_position, faults) {
  auto parsed = transform::parse(sample.json);
  BOOST_TEST_REQUIRE(!parsed.has_value());
  BOOST_TEST((parsed.error().code == ec::invalid_option));
  const auto& message = parsed.error().message;
  BOOST_TEST(message.starts_with("/options/transform" + sample.position + ": "),
             message);
  BOOST_TEST((message.find(sample.reason) != std::string::npos), message);
}

BOOST_AUTO_TEST_CASE(limits_are_kept) {
  BOOST_TEST(transform::parse(steps(transform_steps_max)).has_value());
  BOOST_TEST(position_of_fault(steps(transform_steps_max + 1))
             == "/options/transform/steps");
  BOOST_TEST(transform::parse(fields(transform_fields_max)).has_value());
  BOOST_TEST(position_of_fault(fields(transform_fields_max + 1))
             == "/options/transform/steps/0/trim");

  std::string padding(options_bytes_max - 2, ' ');
  BOOST_TEST(transform::parse("{" + padding + "}").has_value());
  BOOST_TEST(position_of_fault("{" + padding + " }") == "/options/transform");
}

BOOST_AUTO_TEST_CASE(a_value_may_not_nest_too_deep) {
  auto set = [](const std::string& field, size_t levels) {
    return R"({"steps":[{"set":{")" + field + "\":" + nested(levels) + "}}]}";
  };
  // The transform itself is around the value and takes four levels.
  auto levels_max = json_depth_max - 5;
  BOOST_TEST(transform::parse(set("a", levels_max)).has_value());
  BOOST_TEST(transform::parse(set("/a/b/c/d", levels_max)).has_value());
  BOOST_TEST(position_of_fault(set("/a/b/c/d/e", levels_max))
             == "/options/transform/steps/0/set/~1a~1b~1c~1d~1e");
  BOOST_TEST(position_of_fault(set("a", levels_max + 1))
             == "/options/transform");
}

BOOST_AUTO_TEST_SUITE_END()
