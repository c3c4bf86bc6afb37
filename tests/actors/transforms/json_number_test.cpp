#include "actors/transforms/json_number.hpp"

#include "codecs/json_reader.hpp"

#include <cstdlib>
#include <random>

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

/// Short texts of the characters of numbers: most are none.
std::string random_text(std::mt19937& random) {
  constexpr std::string_view letters = "0011259.-+eE";
  std::string text;
  for (auto size = random() % 8; size > 0; --size)
    text += letters[random() % letters.size()];
  return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_number_is_what_the_service_reads_as_one) {
  std::mt19937 random{20261123};
  json_reader reader;
  size_t numbers = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = random_text(random);
    auto oracle = reader.check(text).has_value();
    // What only rounds to zero is refused here, so that nothing is lost.
    if (oracle && !is_json_number(text)
        && std::strtod(text.c_str(), nullptr) == 0)
      continue;
    numbers += oracle;
    BOOST_TEST(is_json_number(text) == oracle, text);
  }
  BOOST_TEST(numbers > 1000u);
}

BOOST_AUTO_TEST_CASE(bounds_are_those_of_double_and_64_bits) {
  for (auto text : {"18446744073709551615", "-9223372036854775808", "1e308",
                    "18446744073709551616.0", "-1.7976931348623157e308"})
    BOOST_TEST(is_json_number(text), text);
  for (auto text : {"18446744073709551616", "-9223372036854775809", "1e309",
                    "-1e999999999999999999999"})
    BOOST_TEST(!is_json_number(text), text);
}

BOOST_AUTO_TEST_CASE(a_whole_number_is_exact) {
  auto whole = [](std::string_view number) {
    return whole_number(number).value_or("-");
  };
  BOOST_TEST(whole("7") == "7");
  BOOST_TEST(whole("7.000") == "7");
  BOOST_TEST(whole("0.0070e4") == "70");
  BOOST_TEST(whole("-9.223372036854775808e18") == "-9223372036854775808");
  BOOST_TEST(whole("1.8446744073709551615e19") == "18446744073709551615");
  BOOST_TEST(whole("0e99999999999999999999999") == "0");
  BOOST_TEST(whole("0.000") == "0");
  BOOST_TEST(whole("-9.223372036854775809e18") == "-");
  BOOST_TEST(whole("1.8446744073709551616e19") == "-");
  BOOST_TEST(whole("0.1") == "-");
  BOOST_TEST(whole("1e-99999999999999999999999") == "-");
  BOOST_TEST(whole("123.4e0") == "-");
  BOOST_TEST(whole("1000e-3") == "1");
  BOOST_TEST(whole("1001e-3") == "-");
}
