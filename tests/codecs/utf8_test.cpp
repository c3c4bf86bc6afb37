#include "codecs/utf8.hpp"

#include "codecs/limits.hpp"

#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

const auto mark = "\xEF\xBF\xBD"s; // U+FFFD

struct repair_row {
  std::string text;
  std::string repaired;
};

std::ostream& operator<<(std::ostream& out, const repair_row& x) {
  return out << shown(x.text);
}

const std::vector<repair_row> repairs{
  {"\x80", mark},
  {"a\xFF"
   "b",
   "a" + mark + "b"},
  {"\xC0\x80", mark + mark},
  {"\xC1\xBF", mark + mark},
  {"\xE0\x80\x80", mark + mark + mark},
  {"\xED\xA0\x80", mark + mark + mark},
  {"\xF4\x90\x80\x80", mark + mark + mark + mark},
  {"\xF5\x80\x80\x80", mark + mark + mark + mark},
  {"\xC3", mark},
  {"\xE2\x82", mark + mark},
  {"\xE2\x82x", mark + mark + "x"},
  {"\xF0\x9F\x98\xC3\xA9", mark + mark + mark + "\xC3\xA9"},
  {"\xC3\xA9\x80", "\xC3\xA9" + mark},
};

} // namespace

BOOST_AUTO_TEST_SUITE(utf8_test)

BOOST_AUTO_TEST_CASE(every_code_point_but_surrogates_is_valid) {
  for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
    auto text = utf8_of(code);
    BOOST_REQUIRE_MESSAGE(is_valid_utf8(text) == !is_surrogate(code), code);
    BOOST_REQUIRE((to_valid_utf8(text) == text) == !is_surrogate(code));
  }
  BOOST_TEST(!is_valid_utf8(utf8_of(0x110000)));
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_valid) {
  BOOST_TEST(is_valid_utf8(""));
  BOOST_TEST(to_valid_utf8("") == "");
}

BOOST_AUTO_TEST_CASE(a_nul_is_a_character_like_others) {
  BOOST_TEST(is_valid_utf8("a\0b"s));
  BOOST_TEST(!is_valid_utf8("a\0\xFF"s));
  BOOST_TEST(to_valid_utf8("a\0\xFF"s) == "a\0"s + mark);
}

BOOST_DATA_TEST_CASE(each_byte_that_is_no_part_of_a_character_is_replaced,
                     data::make(repairs), x) {
  BOOST_TEST(!is_valid_utf8(x.text));
  BOOST_TEST(to_valid_utf8(x.text) == x.repaired);
}

BOOST_AUTO_TEST_CASE(any_text_is_valid_once_repaired) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 20'000; ++i) {
      std::string text;
      for (auto size = random.below(12); size > 0; --size)
        text += static_cast<char>(random.bits());
      auto repaired = to_valid_utf8(text);
      BOOST_REQUIRE_MESSAGE(is_valid_utf8(repaired), shown(text));
      BOOST_REQUIRE(is_valid_utf8(text) == (repaired == text));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_message_is_cut_between_characters_and_made_valid) {
  BOOST_TEST(to_message("short") == "short");
  std::string text(message_bytes_max - 1, 'a');
  BOOST_TEST(to_message(text + "\xC3\xA4") == text);
  BOOST_TEST(to_message(text + "bc") == text + "b");
  BOOST_TEST(to_message("a\xFF") == "a\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_SUITE_END()
