#include "gateway/cli/options_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(values_are_json_or_else_strings) {
  auto text
    = options_text({"priority=5", "into=copies", "quoted=\"2024\"",
                    "labels={\"team\": \"a\"}", "empty=", "eq=a=b",
                    "runAt=2026-01-01T00:00:00Z", "on=true", "s=say \"hi\""},
                   {});
  BOOST_REQUIRE(text.has_value());
  BOOST_TEST(*text
             == R"({"priority":5,"into":"copies","quoted":"2024",)"
                R"("labels":{"team":"a"},"empty":"","eq":"a=b",)"
                R"("runAt":"2026-01-01T00:00:00Z","on":true,)"
                R"("s":"say \"hi\""})");
}

BOOST_AUTO_TEST_CASE(no_options_are_an_empty_text) {
  BOOST_TEST(options_text({}, {}).value_or("?") == "");
}

BOOST_AUTO_TEST_CASE(a_json_object_stands_for_all) {
  BOOST_TEST(options_text({}, R"({ "priority": 5 })").value_or("?")
             == R"({"priority":5})");
}

BOOST_AUTO_TEST_CASE(wrong_options_are_wrong_usage) {
  struct row {
    std::vector<std::string> pairs;
    std::string json;
  };
  for (auto& x : std::vector<row>{{{"priority"}, {}},
                                  {{"=5"}, {}},
                                  {{"a=1", "a=2"}, {}},
                                  {{"a={b"}, {}},
                                  {{"a=[1,"}, {}},
                                  {{"a=\"b"}, {}},
                                  {{"a=1e999"}, {}},
                                  {{}, "[1]"},
                                  {{}, "{"},
                                  {{"a=1"}, "{}"}}) {
    auto text = options_text(x.pairs, x.json);
    BOOST_REQUIRE(!text);
    BOOST_TEST((text.error().status == exit_status::wrong_usage));
    BOOST_TEST(!text.error().message.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_object_is_put_on_one_line) {
  BOOST_TEST(object_text("{\n \"a\": 1 }", "--patch", "{}").value_or("?")
             == R"({"a":1})");
  auto wrong = object_text("[]", "--patch", "{\"a\":1}");
  BOOST_REQUIRE(!wrong);
  BOOST_TEST((wrong.error().status == exit_status::wrong_usage));
  BOOST_TEST(wrong.error().message.starts_with(
    "--patch takes one JSON object, e.g. '{\"a\":1}': "));
}
