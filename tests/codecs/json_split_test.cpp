// `split_members` and `split_elements`, which look only at what stands between
// the values.
#include "codecs/json_reader.hpp"

#include "codecs/json_fault.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_samples.hpp"

#include <algorithm>
#include <optional>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

using split_function = bool (*)(std::string_view, const member_visitor&);

/// What may stand behind a text; it must not matter.
const std::vector<std::string> paddings{
  std::string(json_padding, '\0'), std::string(json_padding, ']'),
  std::string(json_padding, '}'),
  R"(,"x":[1],)" + std::string(json_padding, '"')};

/// The parts of a text, or nothing if it is refused.
std::optional<member_list> split(split_function f, const std::string& text,
                                 const std::string& padding = paddings[0]) {
  auto padded = text + padding;
  member_list parts;
  auto whole = f(std::string_view{padded}.substr(0, text.size()),
                 [&](const json_member& m) {
                   parts.emplace_back(m.key, m.value);
                   return true;
                 });
  return whole ? std::optional{parts} : std::nullopt;
}

/// Whether a text is taken apart and each part is JSON.
bool passes(split_function f, const std::string& text) {
  size_t passed = 0;
  for (auto& padding : paddings) {
    auto parts = split(f, text, padding);
    passed += parts && std::ranges::none_of(*parts, [](const auto& part) {
                return find_json_fault(part.second).has_value();
              });
  }
  BOOST_REQUIRE_MESSAGE(passed == 0 || passed == paddings.size(), shown(text));
  return passed > 0;
}

const std::vector<std::string> refused_arrays{"",
                                              " ",
                                              "[",
                                              "]",
                                              "[1",
                                              "[1,",
                                              "[1,]",
                                              "[,1]",
                                              "[1,,2]",
                                              "[1 2]",
                                              "[1}",
                                              "[1]]",
                                              "[1]a",
                                              "[1] 2",
                                              "[1],",
                                              "[1]\0"s,
                                              "[1]\f",
                                              "[1]\x1A",
                                              "[1\f2]",
                                              "[[]",
                                              "[\"a",
                                              "[1]\"",
                                              "{}",
                                              "1",
                                              "\"a\"",
                                              "[1][2]",
                                              "[\"\xFF\"]",
                                              "[\"a\nb\"]",
                                              "[\"a\" \"b\"]",
                                              "[{} {}]",
                                              "[[1] [2]]"};

const std::vector<std::string> refused_objects{
  "",
  "{",
  "}",
  "{\"a\"",
  "{\"a\":",
  "{\"a\":1",
  "{\"a\":1,",
  "{\"a\":1,}",
  "{,}",
  "{\"a\" 1}",
  "{\"a\":1 \"b\":2}",
  "{a:1}",
  "{1:1}",
  "{\"a\":}",
  "{\"a\"}",
  "{\"a\"x:1}",
  "{\"a\":1}}",
  "{\"a\":1} x",
  "{\"a\":1]",
  "{\"a\":{}",
  "{\"\\x\":1}",
  "{\"\\ud800\":1}",
  "{\"\\udc00\":1}",
  "{\"\xC0\x80\":1}",
  "{\"a\nb\":1}",
  "{}{}",
  "[]",
  "1",
};

} // namespace

BOOST_AUTO_TEST_SUITE(json_split_test)

BOOST_AUTO_TEST_CASE(a_document_comes_apart_into_its_members) {
  auto parts = split(split_members,
                     " {\"type\" : \"x\" , \"items\":[ 1 , 2 ] ,\"\\u0061\":{}"
                     "\n,\"n\":-1.5e3 } ");
  member_list wanted{
    {"type", "\"x\""}, {"items", "[ 1 , 2 ]"}, {"a", "{}"}, {"n", "-1.5e3"}};
  BOOST_TEST((parts == wanted));
}

BOOST_AUTO_TEST_CASE(an_array_comes_apart_into_its_elements) {
  auto parts = split(split_elements, "[ {\"a\":[1]} ,2\t, \"]\" ,[ ] ,null ]");
  member_list wanted{
    {"", "{\"a\":[1]}"}, {"", "2"}, {"", "\"]\""}, {"", "[ ]"}, {"", "null"}};
  BOOST_TEST((parts == wanted));
  BOOST_TEST(split(split_elements, "[]")->empty());
}

BOOST_DATA_TEST_CASE(an_array_that_is_broken_between_its_elements_is_refused,
                     data::make(refused_arrays), text) {
  BOOST_TEST(!passes(split_elements, text));
}

BOOST_DATA_TEST_CASE(an_object_that_is_broken_between_its_members_is_refused,
                     data::make(refused_objects), text) {
  BOOST_TEST(!passes(split_members, text));
}

BOOST_DATA_TEST_CASE(a_broken_value_passes_and_is_found_by_a_check_of_its_text,
                     data::make({"tru", "01", "1.2.3", "\"\\x\"", "\"\\ud800\"",
                                 "{\"a\":1,}", "[1,,2]", "{\"a\":tru}",
                                 "1e999"})) {
  auto parts = split(split_elements, "[1,"s + sample + "]");
  BOOST_REQUIRE(parts);
  json_reader reader;
  BOOST_TEST(!reader.check(parts->back().second));
}

BOOST_AUTO_TEST_CASE(neighbours_that_an_open_bracket_swallows_are_found) {
  BOOST_TEST(!passes(split_elements, R"([{"a":[},{"b":1}])"));
  BOOST_TEST(!passes(split_elements, R"([{"a":[},{"b":1}]])"));
  BOOST_TEST(!passes(split_members, R"({"a":{"b":[},"c":1}})"));
}

BOOST_AUTO_TEST_CASE(a_string_before_a_colon_hides_nothing) {
  BOOST_TEST(!passes(split_elements, R"([1,"a":2}])"));
  BOOST_TEST(!passes(split_elements, R"([1,"a":{}},3])"));
  BOOST_TEST(!passes(split_members, R"({"a":"b":"c":[1],"d":{}})"));
  BOOST_TEST(!passes(split_members, R"({"a":"b":1},"c":2})"));
}

BOOST_AUTO_TEST_CASE(a_visitor_that_has_enough_ends_the_split) {
  auto text = "[1,2,tru]" + std::string(json_padding, ' ');
  int visits = 0;
  BOOST_TEST(
    !split_elements(text, [&](const json_member&) { return ++visits < 2; }));
  BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_CASE(whole_texts_come_apart_into_all_their_parts) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    for (int i = 0; i < 5'000; ++i) {
      auto tokens = samples.array();
      auto parts = split(split_elements, samples.spaced(tokens));
      BOOST_REQUIRE_MESSAGE(parts, shown(joined(tokens)));
      std::string again;
      for (auto& [_, value] : *parts)
        again += (again.empty() ? "" : ",") + minify_json(value);
      BOOST_REQUIRE('[' + again + ']' == joined(tokens));
      BOOST_REQUIRE(passes(split_members, samples.spaced(samples.object())));
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_passes_split_and_checks_that_is_not_json) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    int passed = 0;
    for (int i = 0; i < 20'000; ++i) {
      auto array = samples.random.one_in(2);
      auto text = samples.broken(
        samples.spaced(array ? samples.array() : samples.object()));
      for (auto f : {split_elements, split_members}) {
        if (!passes(f, text))
          continue;
        ++passed;
        BOOST_REQUIRE_MESSAGE(!find_json_fault(text), shown(text));
      }
    }
    BOOST_TEST(passed > 1'000);
  }
}

BOOST_AUTO_TEST_SUITE_END()
