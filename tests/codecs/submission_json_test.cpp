#include "codecs/submission_json.hpp"

#include "codecs/json_fault.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_samples.hpp"

#include <algorithm>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

/// A parsed submission whose texts are its own.
struct submission {
  job_kind type;
  std::optional<std::string> items;
  std::string input;
  std::string options;

  bool operator==(const submission&) const = default;
};

/// Parses a body that stands in a buffer with more behind it.
expected<submission> parsed(const std::string& body) {
  auto padded = body + R"(,"items":[9]})" + std::string(json_padding, '"');
  auto found
    = parse_submission(std::string_view{padded}.substr(0, body.size()));
  if (!found)
    return fail(found);
  submission x{
    found->type, {}, std::string{found->input}, std::string{found->options}};
  if (found->items)
    x.items = *found->items;
  return x;
}

struct bad_body {
  std::string body;
  std::string pointer;
};

std::ostream& operator<<(std::ostream& out, const bad_body& x) {
  return out << shown(x.body);
}

const auto type = R"("type":"import-things")"s;

const std::vector<bad_body> invalid_jobs{
  {"{}", "/type"},
  {R"({"items":[]})", "/type"},
  {R"({"type":null})", "/type"},
  {R"({"type":1})", "/type"},
  {R"({"type":["import-things"]})", "/type"},
  {R"({"type":""})", "/type"},
  {R"({"type":"custom"})", "/type"},
  {R"({"type":"resize_images"})", "/type"},
  {R"({"type":"Import-Things"})", "/type"},
  {R"({"type":"import-things\u0000"})", "/type"},
  {"{" + type + "," + type + "}", "/type"},
  {"{" + type + R"(,"t\u0079pe":"export-things"})", "/type"},
  {"{" + type + R"(,"items":null})", "/items"},
  {"{" + type + R"(,"items":{}})", "/items"},
  {"{" + type + R"(,"items":"[]"})", "/items"},
  {"{" + type + R"(,"items":5})", "/items"},
  {"{" + type + R"(,"items":[],"items":[]})", "/items"},
  {"{" + type + R"(,"items":[],"\u0069tems":[]})", "/items"},
  {"{" + type + R"(,"input":null})", "/input"},
  {"{" + type + R"(,"input":[]})", "/input"},
  {"{" + type + R"(,"input":"ns"})", "/input"},
  {"{" + type + R"(,"input":{},"input":{}})", "/input"},
  {"{" + type + R"(,"options":null})", "/options"},
  {"{" + type + R"(,"options":[]})", "/options"},
  {"{" + type + R"(,"options":1})", "/options"},
  {"{" + type + R"(,"options":{},"options":{}})", "/options"},
  {"{" + type + R"(,"options":{"a":1e999}})", "/options"},
  {"{" + type + R"(,"input":{"a":18446744073709551616}})", "/input"},
  {"[]", ""},
  {"[{" + type + "}]", ""},
  {"1", ""},
  {"\"x\"", ""},
  {"null", ""},
};

struct broken_body {
  std::string body;
  size_t offset;
};

std::ostream& operator<<(std::ostream& out, const broken_body& x) {
  return out << shown(x.body);
}

const std::vector<broken_body> not_json_bodies{
  {"{", 1},
  {"}", 0},
  {"x", 0},
  {"[1", 2},
  {"\xEF\xBB\xBF{}", 0},
  {"{\"type\"}", 7},
  {"{" + type + ",}", 24},
  {"{" + type + " \"items\":[]}", 24},
  {"{" + type + ":\"items\":[],\"options\":{}}", 23},
  {"{" + type + ",\"x\":\"y\":1},\"z\":2}", 31},
  {"{" + type + "}}", 24},
  {"{" + type + "} x", 25},
  {"{" + type + "},", 24},
  {"{" + type + "}\0"s, 24},
  {"{" + type + ",\"items\":[]", 34},
  {"{" + type + ",\"items\":[1}", 34},
  {"{" + type + ",\"items\":[", 33},
  {"{" + type + ",\"x\":tru}", 28},
  {"{" + type + ",\"x\":[1,]}", 31},
  {"{" + type + ",\"x\":{\"a\":[}}", 34},
  {"{" + type + ",\"x\":\"\\ud800\"}", 29},
  {"{" + type + ",\"options\":{\"priority\":01}}", 47},
  {"{" + type + ",\"input\":{\"ns\":}}", 38},
  {"{" + type + ",\"\xC0\x80\":1}", 25},
};

} // namespace

BOOST_AUTO_TEST_SUITE(submission_json_test)

BOOST_AUTO_TEST_CASE(a_submission_is_taken_apart) {
  auto x
    = must(parsed(R"( {"type" : "transform-data", "items": [ 1, {"a":[]} ] ,)"
                  R"("input":{"ns":"n"}, "options" :{ "priority":1 } } )"));
  BOOST_TEST(x.type == job_type::transform_data);
  BOOST_TEST((x.items == R"([ 1, {"a":[]} ])"));
  BOOST_TEST(x.input == R"({"ns":"n"})");
  BOOST_TEST(x.options == R"({ "priority":1 })");
}

BOOST_AUTO_TEST_CASE(only_the_type_is_required) {
  auto x = must(parsed("{" + type + "}"));
  BOOST_TEST(x.type == job_type::import_things);
  BOOST_TEST(!x.items.has_value());
  BOOST_TEST(x.input == "");
  BOOST_TEST(x.options == "");
}

BOOST_AUTO_TEST_CASE(empty_members_are_told_from_absent_ones) {
  auto x = must(parsed("{" + type + R"(,"items":[],"input":{},"options":{}})"));
  BOOST_TEST((x.items == "[]"));
  BOOST_TEST(x.input == "{}");
  BOOST_TEST(x.options == "{}");
}

BOOST_AUTO_TEST_CASE(members_may_stand_in_any_order) {
  std::vector<std::string> members{
    R"("input":{"ns":"type"})", R"("items":["type",{"type":2}])",
    R"("more":{"type":1,"items":{}})", R"("options":{"type":[]})", type};
  std::ranges::sort(members);
  std::optional<submission> first;
  do {
    std::string body;
    for (auto& member : members)
      body += (body.empty() ? "{" : " , ") + member;
    auto x = must(parsed(body + '}'));
    if (!first)
      first = x;
    BOOST_TEST((x == *first));
  } while (std::ranges::next_permutation(members).found);
}

BOOST_AUTO_TEST_CASE(every_type_has_its_name) {
  for (auto each : job_types)
    BOOST_TEST(
      must(parsed("{\"type\":\"" + std::string{to_string(each)} + "\"}")).type
      == each);
}

BOOST_AUTO_TEST_CASE(a_type_may_be_one_of_ones_own) {
  auto x = must(parsed(R"({"type":"resize\u002dimages","items":[1]})"));
  BOOST_TEST(x.type.base == job_type::custom);
  BOOST_TEST(x.type.custom == "resize-images");
  BOOST_TEST(!takes_namespace(x.type));
}

BOOST_AUTO_TEST_CASE(a_member_name_may_be_written_with_escapes) {
  auto x
    = must(parsed(R"({"t\u0079pe":"export\u002dthings","i\u0074ems":[1]})"));
  BOOST_TEST(x.type == job_type::export_things);
  BOOST_TEST((x.items == "[1]"));
}

BOOST_AUTO_TEST_CASE(unknown_members_are_ignored_and_may_be_doubled) {
  BOOST_TEST(parsed("{\"a\":1,\"a\":[{}]," + type + ",\"Type\":2,\"\":null}")
               .has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_member_may_hold_what_the_service_cannot) {
  BOOST_TEST(parsed("{\"a\":1e999," + type + "}").has_value());
  BOOST_TEST(parsed("{" + type + ",\"a\":" + std::string(2000, '[')
                    + std::string(2000, ']') + "}")
               .has_value());
}

BOOST_DATA_TEST_CASE(a_body_that_is_no_job_is_refused_naming_the_member,
                     data::make(invalid_jobs), x) {
  auto why = error_of(parsed(x.body));
  BOOST_TEST(why.code == ec::invalid_job);
  BOOST_TEST(why.pointer == x.pointer);
  if (!x.pointer.empty())
    BOOST_TEST(why.message.starts_with(x.pointer.substr(1) + ": "),
               why.message);
}

BOOST_DATA_TEST_CASE(a_body_that_is_not_json_is_refused_with_the_byte,
                     data::make(not_json_bodies), x) {
  auto why = error_of(parsed(x.body));
  BOOST_TEST(why.code == ec::invalid_json);
  BOOST_TEST(why.message.ends_with(" at byte " + std::to_string(x.offset)),
             why.message);
}

BOOST_DATA_TEST_CASE(an_empty_body_is_no_json,
                     data::make({"", " ", "\n\r\t "})) {
  auto why = error_of(parsed(sample));
  BOOST_TEST(why.code == ec::invalid_json);
  BOOST_TEST(contains(why.message, "empty"));
}

BOOST_AUTO_TEST_CASE(the_message_of_a_wrong_type_names_the_right_ones) {
  auto why = error_of(parsed(R"({"type":"Import"})"));
  BOOST_TEST(contains(why.message, "'Import'"));
  BOOST_TEST(contains(why.message, "generate-embeddings"));
  BOOST_TEST(contains(error_of(parsed("{}")).message, "generate-embeddings"));
}

BOOST_AUTO_TEST_CASE(a_very_long_type_is_not_repeated_whole) {
  auto why = error_of(parse_job_type(std::string(100'000, 'x')));
  BOOST_TEST(why.code == ec::invalid_job);
  BOOST_TEST(why.message.size() < 300u);
}

BOOST_AUTO_TEST_CASE(items_are_not_checked_inside) {
  auto x = must(parsed("{" + type + R"(,"items":[tru,01,{"a":1,}]})"));
  BOOST_TEST((x.items == R"([tru,01,{"a":1,}])"));
}

BOOST_AUTO_TEST_CASE(options_and_input_have_a_limit_of_bytes) {
  for (auto member : {"options"s, "input"s}) {
    auto body = [&](size_t bytes) {
      return "{" + type + ",\"" + member + "\":{" + std::string(bytes - 2, ' ')
             + "}}";
    };
    BOOST_TEST(parsed(body(options_bytes_max)).has_value());
    auto why = error_of(parsed(body(options_bytes_max + 1)));
    BOOST_TEST(why.code == ec::invalid_job);
    BOOST_TEST(why.pointer == "/" + member);
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_json_never_hears_that_it_is_not) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) {
      auto body = samples.broken(
        "{" + type + ",\"items\":" + samples.spaced(samples.array())
        + ",\"options\":" + samples.spaced(samples.object()) + "}");
      auto fault = find_json_fault(body);
      auto x = parsed(body);
      if (!x) {
        BOOST_REQUIRE_MESSAGE(x.error().code != ec::invalid_json || fault,
                              shown(body));
        continue;
      }
      ++taken;
      auto item_fault = x->items && find_json_fault(*x->items);
      BOOST_REQUIRE_MESSAGE(item_fault || !fault, shown(body));
    }
    BOOST_TEST(taken > 100);
  }
}

BOOST_AUTO_TEST_CASE(an_input_may_name_a_namespace) {
  BOOST_TEST((must(input_namespace(R"({"ns":"a\u0062"})")) == "ab"s));
  BOOST_TEST(
    (must(input_namespace(R"({"x":{"ns":"y"}, "ns" : "a" })")) == "a"s));
  BOOST_TEST(!must(input_namespace("")).has_value());
  BOOST_TEST(!must(input_namespace("{}")).has_value());
  BOOST_TEST(!must(input_namespace(R"({"x":{"ns":"a"}})")).has_value());
}

BOOST_DATA_TEST_CASE(
  an_input_with_a_bad_namespace_is_refused,
  data::make({R"({"ns":""})", R"({"ns":null})", R"({"ns":1})",
              R"({"ns":"a\u0000"})", R"({"ns":"a\u0085"})", R"({"ns":{}})",
              R"({"ns":"a","ns":"a"})", R"({"ns":"a","n\u0073":"b"})"})) {
  auto why = error_of(input_namespace(sample));
  BOOST_TEST(why.code == ec::invalid_job);
  BOOST_TEST(why.pointer == "/input/ns");
  BOOST_TEST(why.message.starts_with("input/ns: "), why.message);
}

BOOST_AUTO_TEST_CASE(an_input_takes_a_namespace_of_exactly_the_limit) {
  auto input = [](size_t bytes) {
    return "{\"ns\":\"" + std::string(bytes, 'n') + "\"}";
  };
  BOOST_TEST(must(input_namespace(input(ns_bytes_max))).has_value());
  BOOST_TEST(code_of(input_namespace(input(ns_bytes_max + 1)))
             == ec::invalid_job);
}

BOOST_AUTO_TEST_SUITE_END()
