#include "actors/embedders/folded_text.hpp"

#include <array>
#include <cstdlib>
#include <random>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <utf8proc.h>

using namespace std::string_literals;

namespace {

std::string encode(const std::vector<uint32_t>& points) {
  std::string utf8;
  for (auto point : points) {
    std::array<utf8proc_uint8_t, 4> bytes;
    auto count
      = utf8proc_encode_char(static_cast<int32_t>(point), bytes.data());
    utf8.append(bytes.begin(), bytes.begin() + count);
  }
  return utf8;
}

std::string fold(std::string_view text) {
  return encode(batch::fold_text(text));
}

struct folding {
  std::string text;
  std::string folded;
};

std::ostream& operator<<(std::ostream& out, const folding& x) {
  return out << x.text;
}

const folding foldings[] = {
  {"", " "},
  {" \t\r\n ", " "},
  {"... !? --", " "},
  {"🎉 €", " "},
  {"one", " one "},
  {"  One,two;  THREE! ", " one two three "},
  {"a1-2b", " a1 2b "},
  {"snake_case", " snake case "},
  {"Ｆｏｏ-bar's Straße", " foo bar s strasse "},
  // The same letter, composed and not.
  {"Caf\u00e9 cafe\u0301", " café café "},
  // A ligature, a no-break space, a soft hyphen and a joiner.
  {"ﬁne\u00a0so\u00adft zero\u200dwidth", " fine soft zerowidth "},
  {"ΣΊΣΥΦΟΣ", " σίσυφοσ "},
  {"МОСКВА", " москва "},
  {"ÇĞİ", " çği\u0307 "},
  {"東京、大阪。", " 東京 大阪 "},
  {"हिन्दी।", " हिन्दी "},
  {"السَّلام", " السَّلام "},
  {"\u1112\u1161\u11ab\u1100\u1173\u11af", " 한글 "},
  {"x² ½", " x2 1 2 "}, // the fraction slash is a symbol
  {"no\0byte"s, " no byte "},
  {"bad\xff\xc3utf8\xe4\xb8", " bad utf8 "},
  {"\xed\xa0\x80", " "}, // a surrogate
};

} // namespace

BOOST_DATA_TEST_CASE(a_text_folds_to_its_words, foldings) {
  BOOST_TEST(fold(sample.text) == sample.folded);
}

// The oracle folds the whole text at once, without pieces.
BOOST_AUTO_TEST_CASE(folding_in_pieces_is_folding_as_a_whole) {
  constexpr std::array<std::pair<int, int>, 9> ranges{{{0x20, 0x7E},
                                                       {0x20, 0x7E},
                                                       {0xA0, 0x2AF},
                                                       {0x300, 0x320},
                                                       {0x370, 0x52F},
                                                       {0x900, 0x97F},
                                                       {0x1100, 0x11FF},
                                                       {0x3040, 0x30FF},
                                                       {0xFB00, 0xFFDC}}};
  auto options = static_cast<utf8proc_option_t>(
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD
    | UTF8PROC_IGNORE | UTF8PROC_NULLTERM);
  std::mt19937 random{20261123};
  auto between = [&](int low, int high) {
    return std::uniform_int_distribution<int>{low, high}(random);
  };
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto runs = between(0, 12); runs > 0; --runs) {
      auto [low, high] = ranges[static_cast<size_t>(between(0, 8))];
      // Few marks in a row: beyond 64 code points a cut may part them.
      auto marks = low == 0x300;
      for (auto length = between(1, marks ? 3 : 20); length > 0; --length)
        text += encode({static_cast<uint32_t>(between(low, high))});
    }
    utf8proc_uint8_t* whole = nullptr;
    utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.c_str()), 0,
                 &whole, options);
    BOOST_REQUIRE(whole);
    std::string oracle{reinterpret_cast<const char*>(whole)};
    std::free(whole);
    BOOST_TEST_REQUIRE(fold(text) == fold(oracle), text);
  }
}
