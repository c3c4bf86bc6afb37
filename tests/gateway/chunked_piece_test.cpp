#include "gateway/http/chunked_piece.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using batch::chunked_piece;

std::string framed(chunked_piece& piece, const std::string& text,
                   bool is_last) {
  piece.begin() += text;
  return std::string{piece.end(is_last)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(chunked_piece_test)

BOOST_AUTO_TEST_CASE(a_piece_stands_behind_its_size_in_hexadecimal_digits) {
  chunked_piece piece;
  BOOST_TEST(framed(piece, "abc", false) == "3\r\nabc\r\n");
  std::string long_text(0x40097, 'x');
  BOOST_TEST(framed(piece, long_text, false)
             == "40097\r\n" + long_text + "\r\n");
}

BOOST_AUTO_TEST_CASE(an_empty_piece_does_not_end_the_body) {
  chunked_piece piece;
  BOOST_TEST(framed(piece, "", false) == "");
  BOOST_TEST(framed(piece, "a", false) == "1\r\na\r\n");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_body_goes_with_the_last_piece) {
  chunked_piece piece;
  BOOST_TEST(framed(piece, "ab", true) == "2\r\nab\r\n0\r\n\r\n");
  BOOST_TEST(framed(piece, "", true) == "0\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
