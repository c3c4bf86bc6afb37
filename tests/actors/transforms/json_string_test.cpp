#include "actors/transforms/json_string.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace std::string_literals;

BOOST_AUTO_TEST_CASE(escapes_are_resolved) {
  BOOST_TEST(unescape_json("") == "");
  BOOST_TEST(unescape_json("plain é") == "plain é");
  BOOST_TEST(unescape_json(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  BOOST_TEST(unescape_json(R"(a\u00e9b\u20ACc\ud83c\udf89d)") == "aéb€c🎉d");
  BOOST_TEST(unescape_json(R"(x\u0000y)") == "x\0y"s);
}

BOOST_AUTO_TEST_CASE(broken_escapes_do_no_harm) {
  for (auto text :
       {"\\", "a\\", "\\u", "\\u12", "\\uzzzz", "\\u-123", "\\ud83c",
        "\\ud83cx", "\\ud83c\\", "\\ud83c\\u", "\\ud83c\\u0041", "\\udf89"})
    BOOST_TEST(unescape_json(text).size() <= 8u, text);
  BOOST_TEST(unescape_json("\\ud83c") == "\ufffd");
}

BOOST_AUTO_TEST_CASE(a_long_text_is_clipped_between_code_points) {
  std::string a(60, 'a');
  BOOST_TEST(clip_text(a) == a);
  BOOST_TEST(clip_text(a + "b") == a + "…");
  std::string b(59, 'b');
  BOOST_TEST(clip_text(b + "é") == b + "…");
  BOOST_TEST(clip_text(std::string(100, '\x80')) == "…");
}
