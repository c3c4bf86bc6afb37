#include "codecs/json_writer.hpp"

#include "codecs/json_reader.hpp"
#include "tests/codecs/checks.hpp"
#include "tests/codecs/json_samples.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

std::string string_text(std::string_view content) {
  std::string out;
  append_json_string(out, content);
  return out;
}

template <class Number>
std::string number_text(Number x) {
  std::string out;
  json_writer{out}.number(x);
  return out;
}

double read_back(const std::string& text, double) {
  return std::strtod(text.c_str(), nullptr);
}

float read_back(const std::string& text, float) {
  return std::strtof(text.c_str(), nullptr);
}

/// Holds a number's text against the promise: JSON, reads back bit by bit as
/// the same, and printf has no shorter text that does.
template <class Number, class Bits>
void check_number(Number x) {
  auto text = number_text(x);
  json_reader reader;
  BOOST_REQUIRE_MESSAGE(reader.check(text), text);
  BOOST_REQUIRE_MESSAGE(
    std::bit_cast<Bits>(read_back(text, x)) == std::bit_cast<Bits>(x), text);
  for (int digits = 1; digits <= std::numeric_limits<Number>::max_digits10;
       ++digits) {
    char other[64];
    std::snprintf(other, sizeof other, "%.*g", digits, static_cast<double>(x));
    BOOST_REQUIRE_MESSAGE(read_back(other, x) != x
                            || text.size() <= std::strlen(other),
                          text << " or " << other);
  }
}

/// Writes what another parser has read.
void write(json_writer& out, const nlohmann::ordered_json& x) {
  using kind = nlohmann::ordered_json::value_t;
  switch (x.type()) {
  case kind::object:
    out.begin_object();
    for (auto& [key, value] : x.items())
      write(out.key(key), value);
    out.end_object();
    break;
  case kind::array:
    out.begin_array();
    for (auto& value : x)
      write(out, value);
    out.end_array();
    break;
  case kind::string:
    out.string(x.get_ref<const std::string&>());
    break;
  case kind::boolean:
    out.boolean(x.get<bool>());
    break;
  case kind::number_integer:
    out.number(x.get<int64_t>());
    break;
  case kind::number_unsigned:
    out.number(x.get<uint64_t>());
    break;
  case kind::number_float:
    out.number(x.get<double>());
    break;
  default:
    out.null();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_writer_test)

BOOST_AUTO_TEST_CASE(only_what_must_be_escaped_is_escaped) {
  BOOST_TEST(string_text("") == R"("")");
  BOOST_TEST(string_text("a\"b\\c/d") == R"("a\"b\\c/d")");
  BOOST_TEST(string_text("\n\r\t") == R"("\n\r\t")");
  BOOST_TEST(string_text("\0\x01\b\f\x1F"s)
             == R"("\u0000\u0001\u0008\u000c\u001f")");
  BOOST_TEST(string_text("\x7F\xC3\xA9\xF0\x9F\x98\x80<>&'")
             == "\"\x7F\xC3\xA9\xF0\x9F\x98\x80<>&'\"");
}

BOOST_AUTO_TEST_CASE(every_code_point_reads_back) {
  std::string all;
  for (uint32_t code = 0; code <= 0x10FFFF; ++code)
    if (!is_surrogate(code))
      all += utf8_of(code);
  auto text = string_text(all);
  BOOST_TEST((nlohmann::json::parse(text).get<std::string>() == all));
  json_reader reader;
  BOOST_TEST(reader.check(text).has_value());
  BOOST_TEST((reader.string_value(text) == all));
}

BOOST_AUTO_TEST_CASE(commas_stand_where_they_belong) {
  std::string out;
  json_writer w{out};
  w.begin_object();
  w.key("a").number(uint64_t{1});
  w.key("b").begin_array().end_array();
  w.key("c").begin_array().null().boolean(true).boolean(false).end_array();
  w.key("d").begin_object().end_object();
  w.key("e").begin_array();
  w.begin_object().key("f").string("x").end_object();
  w.begin_object().key("g").raw("[1, 2]").end_object();
  w.begin_array().begin_array().end_array().end_array();
  w.end_array();
  w.key("").number(int64_t{-1});
  w.end_object();
  BOOST_TEST(out
             == R"({"a":1,"b":[],"c":[null,true,false],"d":{},)"
                R"("e":[{"f":"x"},{"g":[1, 2]},[[]]],"":-1})");
}

BOOST_AUTO_TEST_CASE(a_writer_appends_to_what_stands_there) {
  auto out = "data: "s;
  json_writer{out}.begin_array().number(1.5f).end_array();
  BOOST_TEST(out == "data: [1.5]");
}

BOOST_AUTO_TEST_CASE(integers_are_exact_to_their_borders) {
  BOOST_TEST(number_text(uint64_t{0}) == "0");
  BOOST_TEST(number_text(UINT64_MAX) == "18446744073709551615");
  BOOST_TEST(number_text(INT64_MIN) == "-9223372036854775808");
  BOOST_TEST(number_text(INT64_MAX) == "9223372036854775807");
}

BOOST_AUTO_TEST_CASE(a_number_has_its_shortest_text) {
  BOOST_TEST(number_text(0.1) == "0.1");
  BOOST_TEST(number_text(0.1f) == "0.1");
  BOOST_TEST(number_text(100.0) == "100");
  BOOST_TEST(number_text(1e22) == "1e+22");
  BOOST_TEST(number_text(-0.0) == "-0");
}

BOOST_AUTO_TEST_CASE(a_number_beyond_64_bits_is_not_written_as_an_integer) {
  BOOST_TEST(number_text(9223372036854774784.0) == "9223372036854774784");
  BOOST_TEST(number_text(9223372036854775808.0) == "9.223372036854776e+18");
  BOOST_TEST(number_text(-1049987483788725321728.0)
             == "-1.0499874837887253e+21");
  BOOST_TEST(number_text(1e20f) == "1e+20");
}

BOOST_AUTO_TEST_CASE(a_double_at_a_border_reads_back_as_itself) {
  using limits = std::numeric_limits<double>;
  for (auto x : {0.0, -0.0, limits::max(), limits::min(), limits::denorm_min(),
                 limits::epsilon(), limits::lowest(), 2.5, 1e21, 1e-7,
                 9007199254740993.0, 0.1 + 0.2})
    check_number<double, uint64_t>(x);
}

BOOST_AUTO_TEST_CASE(any_double_reads_back_as_itself) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 20'000; ++i)
      if (auto x = std::bit_cast<double>(random.bits()); std::isfinite(x))
        check_number<double, uint64_t>(x);
  }
}

BOOST_AUTO_TEST_CASE(any_float_reads_back_as_itself) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 20'000; ++i) {
      auto x = std::bit_cast<float>(static_cast<uint32_t>(random.bits()));
      if (std::isfinite(x))
        check_number<float, uint32_t>(x);
    }
  }
}

BOOST_AUTO_TEST_CASE(random_values_are_written_as_another_parser_reads_them) {
  using nlohmann::ordered_json;
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    json_samples samples{seed};
    for (int i = 0; i < 5'000; ++i) {
      auto value = ordered_json::parse(joined(samples.value()));
      std::string out;
      json_writer writer{out};
      write(writer, value);
      BOOST_REQUIRE_MESSAGE(ordered_json::parse(out) == value, shown(out));
      BOOST_REQUIRE(minify_json(out) == out);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
