#include "gateway/cli/config_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_SUITE(config_file_test)

BOOST_AUTO_TEST_CASE(a_line_is_a_setting_a_comment_or_empty) {
  auto entries = parse_config("# of a service\n"
                              "\n"
                              "http = \"0.0.0.0:80\"  # all\r\n"
                              "\tdata='C:\\x # y'\n"
                              "cache=1_024\n"
                              "insecure = true# yes\n"
                              "token = \"a\\\"b\\\\c\\td\"");
  BOOST_REQUIRE(entries);
  struct row {
    size_t line;
    std::string name;
    config_kind kind;
    std::string value;
  };
  std::vector<row> wanted{{3, "http", config_kind::text, "0.0.0.0:80"},
                          {4, "data", config_kind::text, "C:\\x # y"},
                          {5, "cache", config_kind::number, "1024"},
                          {6, "insecure", config_kind::boolean, "true"},
                          {7, "token", config_kind::text, "a\"b\\c\td"}};
  BOOST_REQUIRE_EQUAL(entries->size(), wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto& x = (*entries)[i];
    BOOST_TEST(x.line == wanted[i].line);
    BOOST_TEST(x.name == wanted[i].name);
    BOOST_TEST((x.kind == wanted[i].kind));
    BOOST_TEST(x.value == wanted[i].value);
  }
  BOOST_TEST(parse_config("")->empty());
}

BOOST_AUTO_TEST_CASE(a_fault_names_its_line) {
  for (auto bad : {"cache",
                   "cache 5",
                   "cache =",
                   "cache = # 5",
                   "= 5",
                   "cache = 5 6",
                   "cache = 5.0",
                   "cache = -5",
                   "cache = +5",
                   "cache = 0x10",
                   "cache = 5_",
                   "cache = 5__0",
                   "cache = lots",
                   "cache = True",
                   "cache = [5]",
                   "[serve]",
                   "serve.cache = 5",
                   "\"cache\" = 5",
                   "data = \"x",
                   "data = 'x",
                   "data = \"x\" y",
                   "data = \"\\u0041\"",
                   "data = \"x\\",
                   "data = \"\"\"x\"\"\"",
                   "data = '''x'''",
                   "first = 2",
                   "\xEF\xBB\xBF"
                   "cache = 5"}) {
    auto entries = parse_config("first = 1\n\n" + std::string{bad} + "\n");
    BOOST_TEST_CONTEXT(bad) {
      BOOST_REQUIRE(!entries);
      BOOST_TEST(entries.error().line == 3u);
      BOOST_TEST(!entries.error().message.empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
