#include "gateway/cli/shell_word.hpp"

#include <boost/test/unit_test.hpp>

using batch::cli::shell_word;

BOOST_AUTO_TEST_SUITE(shell_word_suite)

BOOST_AUTO_TEST_CASE(harmless_words_stay) {
  for (auto word : {"a", "/etc/x-1_b.pem", "a@b:7,c=d%+"})
    BOOST_TEST(shell_word(word) == word);
}

BOOST_AUTO_TEST_CASE(others_are_quoted) {
  BOOST_TEST(shell_word("") == "''");
  BOOST_TEST(shell_word("a b") == "'a b'");
  BOOST_TEST(shell_word("$HOME") == "'$HOME'");
  BOOST_TEST(shell_word("it's") == "'it'\\''s'");
  BOOST_TEST(shell_word("~") == "'~'");
  BOOST_TEST(shell_word("a\nb") == "'a\nb'");
  BOOST_TEST(shell_word("ä") == "'ä'");
}

BOOST_AUTO_TEST_SUITE_END()
