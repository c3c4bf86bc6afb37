#include "actors/transforms/unicode_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_CASE(case_is_mapped_code_point_by_code_point) {
  BOOST_TEST(upper_text("") == "");
  BOOST_TEST(upper_text("az AZ 09 é ñ ω ж ǆ") == "AZ AZ 09 É Ñ Ω Ж Ǆ");
  BOOST_TEST(lower_text("az AZ 09 É Ñ Ω Ж Ǆ") == "az az 09 é ñ ω ж ǆ");
  BOOST_TEST(upper_text("straße ŉ ﬁ") == "STRAẞE ŉ ﬁ");
  BOOST_TEST(lower_text("STRAẞE İ Σ") == "straße i σ");
  BOOST_TEST(upper_text("日本 🎉 عربى") == "日本 🎉 عربى");
  BOOST_TEST(upper_text("ɐ𐐨") == "Ɐ𐐀"); // from 2 bytes to 3; 4 bytes
  BOOST_TEST(upper_text("a\xff\xc3z") == "A\xff\xc3Z");
}

BOOST_AUTO_TEST_CASE(unicode_white_space_is_trimmed_at_the_ends) {
  BOOST_TEST(trim_text("") == "");
  BOOST_TEST(trim_text(" \t\r\n") == "");
  BOOST_TEST(trim_text("  a b  ") == "a b");
  BOOST_TEST(trim_text("\v\f\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f"
                       "\u205f\u3000x\u3000 \u00a0")
             == "x");
  BOOST_TEST(trim_text("\u200bx\ufeff") == "\u200bx\ufeff");
}
