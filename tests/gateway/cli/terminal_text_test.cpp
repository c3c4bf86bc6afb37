#include "gateway/cli/terminal_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;
using namespace std::string_literals;

BOOST_AUTO_TEST_CASE(a_text_on_one_line_cannot_steer_the_terminal) {
  BOOST_TEST(one_line("plain é€🎉") == "plain é€🎉");
  BOOST_TEST(one_line("a\nb\r\tc") == "a b  c");
  BOOST_TEST(one_line("\x1b[31mred\x1b]0;title\x07") == "[31mred]0;title");
  BOOST_TEST(one_line("a\0\x7F\x08z"s) == "az");
  BOOST_TEST(one_line("a\xC2\x9B"
                      "31mb\xC2\xA0"
                      "c")
             == "a31mb\xC2\xA0"
                "c");
  BOOST_TEST(one_line("a\u202eb\u2066c\u200fd\u2019e") == "abcd\u2019e");
  BOOST_TEST(one_line("\xFFx") == "\uFFFDx");
  BOOST_TEST(one_line("\x9B[2J") == "\uFFFD[2J");
}

BOOST_AUTO_TEST_CASE(columns_count_code_points) {
  BOOST_TEST(columns_of("") == 0u);
  BOOST_TEST(columns_of("aé€🎉") == 4u);
}

BOOST_AUTO_TEST_CASE(a_filter_gives_the_same_however_its_input_is_cut) {
  auto text = "a\x1b[1m\tb\r\n\xC3\xA9 \xC2\x9B\xC2\xA0 \x7F\0\xFF.\xC2\xC2"
              "\x85.\xC2\xC3\xA9\n"s;
  auto shown = "a[1m\tb\n\xC3\xA9 \xC2\xA0 \xFF.\xC2.\xC2\xC3\xA9\n"s;
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    terminal_filter filter;
    std::string out;
    filter.feed(std::string_view{text}.substr(0, cut), out);
    filter.feed(std::string_view{text}.substr(cut), out);
    BOOST_TEST(out == shown, "cut at " << cut);
  }
}
