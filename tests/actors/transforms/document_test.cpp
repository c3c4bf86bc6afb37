// The examples of docs/transforms.md do what they say.
//
// A block "json transform" holds a value of `options.transform`, a block "lua
// transform" a script. A block "json items" behind it holds items and what
// becomes of them, in turns, a line each: a value, `dropped`, or `fails: ` and
// a part of the message.
#include "actors/transforms/transform_plan.hpp"

#include "codecs/json_writer.hpp"

#include <fstream>
#include <optional>

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

struct block {
  std::string kind;
  std::string text;
  size_t line = 0;
};

std::vector<block> blocks_of(const std::string& path) {
  std::ifstream in{path};
  BOOST_TEST_REQUIRE(in.good());
  std::vector<block> blocks;
  bool is_inside = false;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("```")) {
      is_inside = !is_inside;
      if (is_inside)
        blocks.push_back({line.substr(3), {}, number});
    } else if (is_inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    auto end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

void check(item_transformer& aut, const block& items) {
  auto lines = lines_of(items.text);
  BOOST_TEST_REQUIRE(lines.size() % 2 == 0u);
  for (size_t i = 0; i < lines.size(); i += 2) {
    auto line = items.line + 1 + i;
    auto result = aut.apply(lines[i]);
    const auto& said = lines[i + 1];
    constexpr std::string_view fails = "fails: ";
    if (said.starts_with(fails)) {
      BOOST_TEST_REQUIRE(!result.has_value(), "line " << line);
      auto found = result.error().message.find(said.substr(fails.size()));
      BOOST_TEST((found != std::string::npos),
                 "line " << line << ": " << result.error().message);
      continue;
    }
    BOOST_TEST_REQUIRE(result.has_value(),
                       "line " << line << ": " << result.error().message);
    BOOST_TEST(*result == (said == "dropped" ? "" : said), "line " << line);
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(the_examples_of_the_documentation_are_true) {
  const transform_functions none;
  std::unique_ptr<item_transformer> aut;
  size_t checked = 0;
  for (const auto& b : blocks_of(std::string{BATCH_DOCS} + "/transforms.md")) {
    std::string json = b.text;
    if (b.kind == "lua transform") {
      json = "{\"lua\":";
      append_json_string(json, b.text);
      json += "}";
    }
    if (b.kind == "json transform" || b.kind == "lua transform") {
      auto plan = transform_plan::parse(json);
      BOOST_TEST_REQUIRE(plan.has_value(),
                         "line " << b.line << ": " << plan.error().message);
      aut = make_transformer(*plan, none);
    } else if (b.kind == "json items") {
      BOOST_TEST_REQUIRE(aut.get() != nullptr);
      check(*aut, b);
      ++checked;
    }
  }
  BOOST_TEST(checked >= 12u);
}
