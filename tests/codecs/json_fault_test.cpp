#include "codecs/json_fault.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/utf8.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_oracle.hpp"
#include "tests/codecs/json_samples.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

struct bad_text {
  std::string text;
  size_t offset;
  std::string what;
};

std::ostream& operator<<(std::ostream& out, const bad_text& x) {
  return out << shown(x.text);
}

const auto too_early = "the text ends too early"s;
const auto no_value = "expected a value"s;
const auto no_end = "expected the end of the text"s;
const auto no_name = "expected a member name in double quotes"s;
const auto in_object = "expected ',' or '}'"s;
const auto in_array = "expected ',' or ']'"s;
const auto no_utf8 = "not UTF-8"s;
const auto control = "a control character must be escaped"s;
const auto half = "half of a surrogate pair"s;
const auto leading_zero = "a number must not begin with 0"s;
const auto no_fraction = "expected a digit behind '.'"s;
const auto no_exponent = "expected a digit of the exponent"s;

const std::vector<std::string> good_texts{
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-0.0e-0",
  "10",
  "1.5E+10",
  "1e999",
  "-123456789012345678901234567890.000000000000000000001",
  R"("")",
  R"("\"\\\/\b\f\n\r\t\u0000\uFFFF\uabCD")",
  R"("\ud800\udc00\uDBFF\uDFFF")",
  "\"\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\"",
  "\"\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"",
  "\"\xEF\xBB\xBF\"",
  "{}",
  "[]",
  " \t\r\n[ \t\r\n] \t\r\n",
  "{\"\":{\"\":[[],{},[{}]]}}",
  R"({"a":1,"a":2})",
  R"([1,"a",true,null,{"b":[]}])",
};

const std::vector<bad_text> bad_texts{
  {"", 0, too_early},
  {" \n", 2, too_early},
  {"\xEF\xBB\xBF{}", 0, "a byte order mark is not part of JSON"},
  // words
  {"tru", 0, no_value},
  {"nul", 0, no_value},
  {"True", 0, no_value},
  {"truex", 4, no_end},
  {"nullnull", 4, no_end},
  {"undefined", 0, no_value},
  {"[NaN]", 1, no_value},
  {"Infinity", 0, no_value},
  // numbers
  {"01", 1, leading_zero},
  {"-01", 2, leading_zero},
  {"00", 1, leading_zero},
  {"1.", 2, too_early},
  {"1.]", 2, no_fraction},
  {"[1.e5]", 3, no_fraction},
  {".5", 0, no_value},
  {"-", 0, no_value},
  {"-a", 0, no_value},
  {"[-]", 1, no_value},
  {"--1", 0, no_value},
  {"+1", 0, no_value},
  {"1e", 2, too_early},
  {"[1e]", 3, no_exponent},
  {"[1e+]", 4, no_exponent},
  {"1e5.5", 3, no_end},
  {"1.2.3", 3, no_end},
  {"0x10", 1, no_end},
  {"1_000", 1, no_end},
  // strings
  {"\"", 0, "the string has no end"},
  {"[\"abc", 1, "the string has no end"},
  {"\"\\\"", 0, "the string has no end"},
  {"'a'", 0, no_value},
  {"\"\\x\"", 2, "unknown escape"},
  {"\"\\'\"", 2, "unknown escape"},
  {"\"a\\", 3, too_early},
  {"\"\\u12", 5, too_early},
  {"\"\\u12G4\"", 5, "expected four hexadecimal digits"},
  {"\"\\U0041\"", 2, "unknown escape"},
  {"\"ab\\ud800\"", 3, half},
  {"\"ab\\udc00\"", 3, half},
  {"\"\\ud800x\"", 1, half},
  {"\"\\ud800\\n\"", 1, half},
  {"\"\\ud800\\u0041\"", 1, half},
  {"\"\\ud800\\ud800\"", 1, half},
  {"\"\\ud800\\uD\"", 1, half},
  {"\"\\udc00\\ud800\"", 1, half},
  {"\"a\tb\"", 2, control},
  {"\"a\nb\"", 2, control},
  {"\"\x1F\"", 1, control},
  {"\"a\0b\""s, 2, control},
  {"{\"a\0b\":1}"s, 3, control},
  // UTF-8
  {"\"\x80\"", 1, no_utf8},
  {"\"a\xBF\"", 2, no_utf8},
  {"\"\xC0\x80\"", 1, no_utf8},         // overlong NUL
  {"\"\xC1\xBF\"", 1, no_utf8},         // overlong
  {"\"\xE0\x9F\xBF\"", 1, no_utf8},     // overlong
  {"\"\xF0\x8F\xBF\xBF\"", 1, no_utf8}, // overlong
  {"\"\xED\xA0\x80\"", 1, no_utf8},     // a surrogate
  {"\"\xED\xBF\xBF\"", 1, no_utf8},     // a surrogate
  {"\"\xF4\x90\x80\x80\"", 1, no_utf8}, // U+110000
  {"\"\xF5\x80\x80\x80\"", 1, no_utf8},
  {"\"\xFF\"", 1, no_utf8},
  {"\"\xC3\"", 1, no_utf8},
  {"\"\xE2\x82\"", 1, no_utf8},
  {"\"\xF0\x9F\x98\"", 1, no_utf8},
  {"\"\xE2", 1, no_utf8},
  {"\xC3\xA9", 0, no_value},
  // arrays
  {"[", 1, too_early},
  {"[1", 2, too_early},
  {"[1,", 3, too_early},
  {"]", 0, no_value},
  {"[,]", 1, no_value},
  {"[,1]", 1, no_value},
  {"[1,]", 3, no_value},
  {"[1,,2]", 3, no_value},
  {"[1 2]", 3, in_array},
  {"[1:2]", 2, in_array},
  {"[\"a\"b]", 4, in_array},
  {"[1}", 2, in_array},
  {"[}", 1, no_value},
  {"[[1]", 4, too_early},
  {"[1]]", 3, no_end},
  {"[{\"a\":[},{\"b\":1}]", 7, no_value},
  // objects
  {"{", 1, too_early},
  {"}", 0, no_value},
  {"{\"a\"", 4, too_early},
  {"{\"a\":", 5, too_early},
  {"{\"a\":1", 6, too_early},
  {"{\"a\":1,", 7, too_early},
  {"{\"a\":1,}", 7, no_name},
  {"{,}", 1, no_name},
  {"{a:1}", 1, no_name},
  {"{1:1}", 1, no_name},
  {"{'a':1}", 1, no_name},
  {"{null:1}", 1, no_name},
  {"{\"a\" 1}", 5, "expected ':'"},
  {"{\"a\",1}", 4, "expected ':'"},
  {"{\"a\"}", 4, "expected ':'"},
  {"{\"a\"::1}", 5, no_value},
  {"{\"a\":}", 5, no_value},
  {"{\"a\":,}", 5, no_value},
  {"{\"a\":1 \"b\":2}", 7, in_object},
  {"{\"a\":1;\"b\":2}", 6, in_object},
  {"{\"a\":1]", 6, in_object},
  {"{]", 1, no_name},
  {"{\"a\":{\"b\":[1,{\"c\":tru}]}}", 18, no_value},
  // behind the value, and what JSON does not have
  {"1 2", 2, no_end},
  {"{} {}", 3, no_end},
  {"[]\n[]", 3, no_end},
  {"{},", 2, no_end},
  {"1\0"s, 1, no_end},
  {"\0"s, 0, no_value},
  {"[1]\f", 3, no_end},
  {"[1,\v2]", 3, no_value},
  {"[1]\x1A", 3, no_end},
  {"[1\x0C"
   "2]",
   2, in_array},
  {"[1] // one", 4, no_end},
  {"/**/1", 0, no_value},
};

std::string quoted(std::string_view content) {
  return '"' + std::string{content} + '"';
}

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  while (times-- > 0)
    out += text;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_fault_test)

BOOST_DATA_TEST_CASE(a_valid_text_has_no_fault, data::make(good_texts), text) {
  auto fault = find_json_fault(text);
  BOOST_TEST(!fault, (fault ? fault->what : ""));
}

BOOST_DATA_TEST_CASE(a_fault_is_told_with_its_place_and_reason,
                     data::make(bad_texts), x) {
  auto fault = find_json_fault(x.text);
  BOOST_REQUIRE(fault);
  BOOST_TEST(fault->offset == x.offset);
  BOOST_TEST(fault->what == x.what);
}

BOOST_DATA_TEST_CASE(white_space_before_a_fault_moves_its_place,
                     data::make(bad_texts), x) {
  auto fault = find_json_fault(" \n\t\r" + x.text);
  BOOST_REQUIRE(fault);
  if (!x.text.starts_with("\xEF\xBB\xBF"))
    BOOST_TEST(fault->offset == x.offset + 4);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_cut_anywhere_has_a_fault) {
  auto text = R"({"a":[1.5e3,true,null,"x\u00e9\ud83d\ude00é"],"b":{"c":-0}})"s;
  BOOST_TEST(!find_json_fault(text));
  for_each_truncation(text, [](const std::string& cut) {
    auto fault = find_json_fault(cut);
    BOOST_REQUIRE(fault);
    BOOST_TEST(fault->offset <= cut.size());
  });
}

BOOST_AUTO_TEST_CASE(no_nesting_is_too_deep_for_the_stack) {
  constexpr size_t levels = 1'000'000;
  auto arrays = repeated("[", levels);
  auto objects = repeated("{\"a\":", levels);
  BOOST_TEST(!find_json_fault(arrays + repeated("]", levels)));
  BOOST_TEST(!find_json_fault(objects + "1" + repeated("}", levels)));
  BOOST_TEST(find_json_fault(arrays)->offset == levels);
  BOOST_TEST(find_json_fault(objects)->offset == 5 * levels);
  BOOST_TEST(find_json_fault(arrays + "}")->offset == levels);
  BOOST_TEST(find_json_fault(objects + "1]")->what == in_object);
}

BOOST_AUTO_TEST_CASE(every_code_point_but_surrogates_may_stand_in_a_string) {
  std::string all;
  for (uint32_t code = 0x20; code <= 0x10FFFF; ++code)
    if (code != '"' && code != '\\' && !is_surrogate(code))
      all += utf8_of(code);
  BOOST_TEST(!find_json_fault(quoted(all)));
  for (uint32_t code = 0xD800; code <= 0xDFFF; ++code)
    BOOST_REQUIRE(find_json_fault(quoted(utf8_of(code))));
}

BOOST_AUTO_TEST_CASE(all_pairs_of_bytes_are_judged_as_utf8proc_judges_them) {
  auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
  };
  for (int i = 0; i < 0x10000; ++i) {
    std::string pair{static_cast<char>(i >> 8), static_cast<char>(i)};
    if (!is_plain(pair[0]) || !is_plain(pair[1]))
      continue;
    BOOST_REQUIRE_MESSAGE(is_valid_utf8(pair) == !find_json_fault(quoted(pair)),
                          shown(pair));
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_are_judged_as_utf8proc_judges_them) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    // The borders of the tables of UTF-8.
    constexpr std::string_view bytes
      = "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF"
        "\xF0\xF1\xF3\xF4\xF5\xFF";
    for (int i = 0; i < 100'000; ++i) {
      auto text = random.text(bytes, 6);
      BOOST_REQUIRE_MESSAGE(
        is_valid_utf8(text) == !find_json_fault(quoted(text)), shown(text));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_escaped_unit_stands_alone_unless_it_is_a_surrogate) {
  for (uint32_t code = 0; code <= 0xFFFF; ++code) {
    char text[16];
    std::snprintf(text, sizeof text, "\"\\u%04X\"", code);
    BOOST_REQUIRE_MESSAGE(!find_json_fault(text) == !is_surrogate(code), text);
  }
}

BOOST_AUTO_TEST_CASE(simdjson_refuses_as_not_json_what_has_a_fault) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    json_reader reader;
    int faulty = 0;
    for (int i = 0; i < 50'000; ++i) {
      auto text = samples.broken(samples.spaced(samples.value()));
      auto fault = find_json_fault(text);
      auto checked = reader.check(text);
      auto is_json = checked || checked.error().code == ec::invalid_item;
      BOOST_REQUIRE_MESSAGE(is_json == !fault, shown(text));
      BOOST_REQUIRE(!fault || fault->offset <= text.size());
      faulty += fault.has_value();
    }
    BOOST_TEST(faulty > 10'000);
    BOOST_TEST(faulty < 50'000);
  }
}

BOOST_AUTO_TEST_CASE(a_parser_that_is_not_ours_agrees_on_broken_texts) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    int judged_texts = 0;
    for (int i = 0; i < 50'000; ++i) {
      auto text = samples.broken(samples.spaced(samples.value()));
      auto other = judged(text);
      if (other == verdict::open)
        continue;
      ++judged_texts;
      BOOST_REQUIRE_MESSAGE((other == verdict::valid) == !find_json_fault(text),
                            shown(text));
    }
    BOOST_TEST(judged_texts > 30'000);
  }
}

BOOST_AUTO_TEST_CASE(whole_texts_pass_every_parser) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    json_reader reader;
    for (int i = 0; i < 10'000; ++i) {
      auto text = samples.spaced(samples.value(8));
      BOOST_REQUIRE_MESSAGE(!find_json_fault(text), shown(text));
      BOOST_REQUIRE_MESSAGE(reader.check(text), shown(text));
      BOOST_REQUIRE_MESSAGE(judged(text) == verdict::valid, shown(text));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
