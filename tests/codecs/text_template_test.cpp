#include "codecs/text_template.hpp"

#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;

namespace {

const std::string sample
  = R"({"ns":"n","id":"a/b","content":"c","data":{"name":"Caf\u00e9",)"
    R"("price":1.50,"tags":["x","y"],"none":null,"empty":"","a b":true,)"
    R"("deep":{"er":{"est":"down"}}}})";

std::string filled(std::string_view text) {
  json_reader reader;
  return must(text_template::parse(text)).fill(reader, sample);
}

struct filling {
  const char* text;
  const char* result;
};

std::ostream& operator<<(std::ostream& out, const filling& x) {
  return out << x.text;
}

const filling fillings[] = {
  {"{name}", "Café"},
  {"{name}: {price}", "Café: 1.50"},
  {"{a b}{a b}", "truetrue"},
  {"{tags}", R"(["x","y"])"},
  {"{/data/tags/1}", "y"},
  {"{/data/deep/er/est}", "down"},
  {"{/content} {/id}", "c a/b"},
  {"{{{name}}}", "{Café}"},
  {"x {none} y {name}", "x  y Café"},
  {"x {none} {missing} {empty}", ""},
  {"{/data/tags/2}", ""},
  {"{/data/name/0}", ""},
};

const std::string wrong_templates[]
  = {"",      "content", "no field", "{",        "}",      "{}",
     "{name", "name}",   "{/a~2}",   "{{name}}", "{name}}"};

} // namespace

BOOST_AUTO_TEST_SUITE(text_template_test)

BOOST_DATA_TEST_CASE(fields_fill_their_holes, data::make(fillings), x) {
  BOOST_TEST(filled(x.text) == x.result);
}

BOOST_DATA_TEST_CASE(what_is_no_template_is_refused,
                     data::make(wrong_templates), text) {
  BOOST_TEST(code_of(text_template::parse(text)) == ec::invalid_option);
}

BOOST_AUTO_TEST_CASE(there_are_only_so_many_fields) {
  std::string text;
  for (int i = 0; i < 64; ++i)
    text += "{f}";
  must(text_template::parse(text));
  BOOST_TEST(code_of(text_template::parse(text + "{f}")) == ec::invalid_option);
}

BOOST_AUTO_TEST_SUITE_END()
