#include "codecs/json_reader.hpp"

#include "codecs/limits.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_samples.hpp"

#include <nlohmann/json.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

member_list members_of(const std::string& text) {
  json_reader reader;
  member_list found;
  BOOST_TEST(reader.members(text, [&](const json_member& m) {
    found.emplace_back(m.key, m.value);
    return true;
  }));
  return found;
}

std::vector<std::string> elements_of(const std::string& text) {
  json_reader reader;
  std::vector<std::string> found;
  BOOST_TEST(reader.elements(text, [&](const json_member& m) {
    BOOST_TEST(m.key.empty());
    found.emplace_back(m.value);
    return true;
  }));
  return found;
}

std::string nested(size_t levels, const std::string& inner) {
  return std::string(levels, '[') + inner + std::string(levels, ']');
}

struct kind_row {
  std::string text;
  json_kind kind;
};

std::ostream& operator<<(std::ostream& out, const kind_row& x) {
  return out << x.text;
}

const std::vector<kind_row> kinds{
  {"{}", json_kind::object},     {" \n[1]", json_kind::array},
  {"\"x\"", json_kind::string},  {"0", json_kind::number},
  {"-1.5", json_kind::number},   {"true", json_kind::boolean},
  {"false", json_kind::boolean}, {"\t\rnull ", json_kind::null}};

} // namespace

BOOST_AUTO_TEST_SUITE(json_reader_test)

BOOST_DATA_TEST_CASE(a_broken_text_is_invalid_json_with_the_byte_of_the_fault,
                     data::make({"{\"a\":1,}", "{\"a\": 01}", "[1, 2] [3]",
                                 "\"abcde\\x\""})) {
  json_reader reader;
  auto why = error_of(reader.check(sample));
  BOOST_TEST(why.code == ec::invalid_json);
  BOOST_TEST(why.message.starts_with("not JSON: "));
  BOOST_TEST(why.message.ends_with(" at byte 7"), why.message);
}

BOOST_DATA_TEST_CASE(a_number_no_parser_of_ours_can_hold_is_an_invalid_item,
                     data::make({"18446744073709551616", "-9223372036854775809",
                                 "1e999", "[-1e309]",
                                 "{\"a\":123456789012345678901234567890}"})) {
  json_reader reader;
  auto why = error_of(reader.check(sample));
  BOOST_TEST(why.code == ec::invalid_item);
  BOOST_TEST(contains(why.message, "64-bit"));
}

BOOST_DATA_TEST_CASE(a_number_at_the_border_of_its_type_passes,
                     data::make({"18446744073709551615", "-9223372036854775808",
                                 "1.7976931348623157e308", "5e-324", "1e-999",
                                 "0.1000000000000000055511151231257827"})) {
  json_reader reader;
  BOOST_TEST(reader.check(sample).has_value());
}

BOOST_AUTO_TEST_CASE(nesting_has_a_bound) {
  json_reader reader;
  BOOST_TEST(reader.check(nested(json_depth_max - 1, "1")).has_value());
  BOOST_TEST(reader.check(nested(json_depth_max, "")).has_value());
  for (auto levels : {json_depth_max + 1, size_t{100'000}}) {
    auto why = error_of(reader.check(nested(levels, "1")));
    BOOST_TEST(why.code == ec::invalid_item);
    BOOST_TEST(contains(why.message, "nested deeper than 1024 levels"));
  }
  BOOST_TEST(code_of(reader.check(std::string(100'000, '[')))
             == ec::invalid_json);
}

BOOST_AUTO_TEST_CASE(a_reader_goes_on_after_a_text_it_has_refused) {
  json_reader reader;
  BOOST_TEST(!reader.check("{"));
  BOOST_TEST(reader.check("{}").has_value());
  BOOST_TEST(!reader.check("1e999"));
  BOOST_TEST(reader.string_value("\"a\"") == "a");
}

BOOST_AUTO_TEST_CASE(a_reader_can_be_moved) {
  json_reader first;
  BOOST_TEST(first.check("[1]").has_value());
  auto second = std::move(first);
  BOOST_TEST(second.check("[1,2]").has_value());
}

BOOST_AUTO_TEST_CASE(members_come_in_order_with_the_text_of_their_values) {
  auto found = members_of(" { \"a\" : 1.50 , \"\":\t\"x\\n\" ,\"b\\u0021\\\"\":"
                          "{ \"c\" : [ ] }\n, \"a\" : [ 1 , {} ] , \"n\":null ,"
                          "\"t\":true\n} ");
  member_list wanted{
    {"a", "1.50"},       {"", "\"x\\n\""}, {"b!\"", "{ \"c\" : [ ] }"},
    {"a", "[ 1 , {} ]"}, {"n", "null"},    {"t", "true"}};
  BOOST_TEST((found == wanted));
}

BOOST_AUTO_TEST_CASE(a_key_may_hold_a_nul_and_any_character) {
  auto found = members_of("{\"a\\u0000b\":1,\"\xC3\xA9\\ud83d\\ude00\":2}");
  member_list wanted{{"a\0b"s, "1"}, {"\xC3\xA9\xF0\x9F\x98\x80", "2"}};
  BOOST_TEST((found == wanted));
}

BOOST_AUTO_TEST_CASE(brackets_and_commas_in_strings_split_nothing) {
  auto found = elements_of(R"(["],[","{\"",{"}":"]"},"\\"])");
  std::vector<std::string> wanted{R"("],[")", R"("{\"")", R"({"}":"]"})",
                                  R"("\\")"};
  BOOST_TEST(found == wanted);
}

BOOST_AUTO_TEST_CASE(what_is_empty_has_no_members_and_no_elements) {
  BOOST_TEST(members_of("{}").empty());
  BOOST_TEST(members_of(" {\n} ").empty());
  BOOST_TEST(elements_of("[]").empty());
  BOOST_TEST(elements_of("\t[ ]").empty());
}

BOOST_DATA_TEST_CASE(what_is_no_container_is_not_walked,
                     data::make({"1", "\"a\"", "true", "null", "-1.5"})) {
  json_reader reader;
  auto never = [](const json_member&) {
    BOOST_ERROR("visited");
    return true;
  };
  BOOST_TEST(!reader.members(sample, never));
  BOOST_TEST(!reader.elements(sample, never));
  BOOST_TEST(!reader.members("[1]", never));
  BOOST_TEST(!reader.elements("{\"a\":1}", never));
}

BOOST_AUTO_TEST_CASE(a_visitor_that_has_enough_sees_no_more) {
  json_reader reader;
  int visits = 0;
  auto once = [&](const json_member&) {
    ++visits;
    return false;
  };
  BOOST_TEST(!reader.members(R"({"a":1,"b":2})", once));
  BOOST_TEST(visits == 1);
  BOOST_TEST(!reader.elements("[1,2,3]", once));
  BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_CASE(check_object_checks_all_before_it_visits) {
  json_reader reader;
  int visits = 0;
  auto count = [&](const json_member&) {
    ++visits;
    return true;
  };
  BOOST_TEST(code_of(reader.check_object(R"({"a":1,"b":tru})", count))
             == ec::invalid_json);
  BOOST_TEST(code_of(reader.check_object("[1]", count)) == ec::invalid_item);
  BOOST_TEST(code_of(reader.check_object("{\"a\":1e999}", count))
             == ec::invalid_item);
  BOOST_TEST(visits == 0);
  BOOST_TEST(reader.check_object(R"( {"a":1,"b":[2]} )", count).has_value());
  BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_CASE(check_object_is_content_with_a_visitor_that_stops) {
  json_reader reader;
  auto stop = [](const json_member&) { return false; };
  BOOST_TEST(reader.check_object(R"({"a":1})", stop).has_value());
}

BOOST_AUTO_TEST_CASE(a_string_is_read_with_its_escapes_resolved) {
  json_reader reader;
  BOOST_TEST(reader.string_value(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  BOOST_TEST(reader.string_value("\"a\\u0000b\"") == "a\0b"s);
  BOOST_TEST(reader.string_value("\"\"").empty());
  BOOST_TEST(reader.string_value(" \"x\" ") == "x");
}

BOOST_AUTO_TEST_CASE(every_escaped_code_point_is_read_back) {
  std::string text{'"'};
  std::string wanted;
  for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 7) {
    if (is_surrogate(code))
      continue;
    char escape[16];
    auto high = 0xD800 + ((code - 0x10000) >> 10);
    auto low = 0xDC00 + ((code - 0x10000) & 0x3FF);
    if (code < 0x10000)
      std::snprintf(escape, sizeof escape, "\\u%04x", code);
    else
      std::snprintf(escape, sizeof escape, "\\u%04X\\u%04x", high, low);
    text += escape;
    wanted += utf8_of(code);
  }
  json_reader reader;
  BOOST_TEST((reader.string_value(text + '"') == wanted));
}

BOOST_DATA_TEST_CASE(the_kind_is_told_by_the_first_byte, data::make(kinds), x) {
  BOOST_TEST((kind_of_json(x.text) == x.kind));
}

BOOST_AUTO_TEST_CASE(minifying_takes_white_space_between_tokens_and_no_more) {
  BOOST_TEST(minify_json(" { \"a b\\t\" :\r\n[ 1.50 , 2e+05 ,\t\" \" ] } ")
             == "{\"a b\\t\":[1.50,2e+05,\" \"]}");
  BOOST_TEST(minify_json("-0.0") == "-0.0");
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    for (int i = 0; i < 5'000; ++i) {
      auto tokens = samples.value();
      BOOST_REQUIRE(minify_json(samples.spaced(tokens)) == joined(tokens));
    }
  }
}

BOOST_AUTO_TEST_CASE(
  random_containers_are_walked_as_another_parser_reads_them) {
  using nlohmann::json;
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    for (int i = 0; i < 5'000; ++i) {
      auto array = samples.spaced(samples.array());
      json elements = json::array();
      for (auto& element : elements_of(array))
        elements.push_back(json::parse(element));
      BOOST_REQUIRE_MESSAGE(elements == json::parse(array), shown(array));

      auto object = samples.spaced(samples.object());
      json members = json::object();
      for (auto& [key, value] : members_of(object))
        members[key] = json::parse(value);
      BOOST_REQUIRE_MESSAGE(members == json::parse(object), shown(object));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
