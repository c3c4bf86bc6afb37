#include "actors/transforms/cast_json.hpp"

#include <ostream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

struct casting {
  std::string from;
  std::string type;
  /// The JSON text that it becomes; empty if it cannot be cast.
  std::string to;
};

std::ostream& operator<<(std::ostream& out, const casting& x) {
  return out << x.from << " to " << x.type;
}

const casting castings[] = {
  {"null", "string", "null"},
  {"null", "number", "null"},
  {"null", "integer", "null"},
  {"null", "boolean", "null"},

  {R"("a\u00e9\/")", "string", R"("a\u00e9\/")"},
  {"1.10", "string", R"("1.10")"},
  {"-0.0", "string", R"("-0.0")"},
  {"18446744073709551615", "string", R"("18446744073709551615")"},
  {"true", "string", R"("true")"},
  {"{}", "string", ""},
  {"[1]", "string", ""},

  {"1E5", "number", "1E5"},
  {"true", "number", "1"},
  {"false", "number", "0"},
  {R"("0")", "number", "0"},
  {R"("-0")", "number", "-0"},
  {R"("1.10")", "number", "1.10"},
  {R"("\u0031e-2")", "number", "1e-2"},
  {R"("18446744073709551615")", "number", "18446744073709551615"},
  {R"("-9223372036854775808")", "number", "-9223372036854775808"},
  {R"("18446744073709551616")", "number", ""},
  {R"("1e400")", "number", ""},
  {R"("")", "number", ""},
  {R"(" 1")", "number", ""},
  {R"("+1")", "number", ""},
  {R"("01")", "number", ""},
  {R"("1.")", "number", ""},
  {R"(".5")", "number", ""},
  {R"("1e")", "number", ""},
  {R"("1,5")", "number", ""},
  {R"("0x1f")", "number", ""},
  {R"("NaN")", "number", ""},
  {R"("inf")", "number", ""},
  {R"("abc")", "number", ""},
  {"[]", "number", ""},

  {"42", "integer", "42"},
  {"-0", "integer", "-0"},
  {"1.0", "integer", "1"},
  {"12e2", "integer", "1200"},
  {"-1.5e1", "integer", "-15"},
  {"-0.0", "integer", "0"},
  {"18446744073709551615.0", "integer", "18446744073709551615"},
  {"9007199254740993.0", "integer", "9007199254740993"},
  {"1.5", "integer", ""},
  {"1e-1", "integer", ""},
  {"1e20", "integer", ""},
  {R"("42")", "integer", "42"},
  {R"("42.00")", "integer", "42"},
  {R"("4.2")", "integer", ""},
  {R"("many")", "integer", ""},
  {"true", "integer", "1"},
  {"{}", "integer", ""},

  {"true", "boolean", "true"},
  {"0", "boolean", "false"},
  {"-0", "boolean", "false"},
  {"0.0", "boolean", "false"},
  {"1", "boolean", "true"},
  {"10e-1", "boolean", "true"},
  {"2", "boolean", ""},
  {"0.5", "boolean", ""},
  {R"("TRUE")", "boolean", "true"},
  {R"("False")", "boolean", "false"},
  {R"("1")", "boolean", "true"},
  {R"("0")", "boolean", "false"},
  {R"("yes")", "boolean", ""},
  {R"("")", "boolean", ""},
  {"[true]", "boolean", ""},
};

} // namespace

BOOST_DATA_TEST_CASE(a_value_becomes_another_type_or_is_refused, castings) {
  auto type = parse_cast_type(sample.type);
  BOOST_TEST_REQUIRE(type.has_value());
  auto cast = cast_json(sample.from, *type);
  if (!sample.to.empty()) {
    BOOST_TEST_REQUIRE(cast.has_value());
    BOOST_TEST(*cast == sample.to);
  } else {
    BOOST_TEST_REQUIRE(!cast.has_value());
    BOOST_TEST((cast.error().code == ec::transform_failed));
    BOOST_TEST(!cast.error().message.empty());
  }
}

BOOST_AUTO_TEST_CASE(other_names_are_no_types) {
  for (auto name : {"", "String", "float", "null", "object"})
    BOOST_TEST(!parse_cast_type(name));
}
