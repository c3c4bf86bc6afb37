#include "gateway/cli/settings.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include <unistd.h>

using namespace batch::cli;

namespace {

/// A program with a setting of each kind.
struct program {
  program()
    : given(app, [this](const char* name) -> const char* {
        auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
      }) {
    given.add("data", &data, "A text");
    given.add("body-max", &body_max, "A number")->check(CLI::Range(1, 9));
    given.add("insecure", &insecure, "A flag");
    given.add("token", &token, "A secret");
    given.hide("token");
  }

  outcome<void> run(const std::string& command_line = "") {
    app.parse(command_line);
    return given.complete();
  }

  std::map<std::string, std::string> variables;
  CLI::App app;
  settings given;
  std::string data = "d";
  size_t body_max = 4;
  bool insecure = false;
  std::string token;
};

/// A file that goes with the test.
struct config {
  explicit config(const std::string& text)
    : path(std::filesystem::temp_directory_path()
           / ("batchd_settings_test." + std::to_string(getpid()))) {
    std::ofstream{path} << text;
  }
  ~config() { std::filesystem::remove(path); }

  const std::string path;
};

} // namespace

BOOST_AUTO_TEST_SUITE(settings_test)

BOOST_AUTO_TEST_CASE(the_first_place_that_has_a_setting_counts) {
  config file{"data = 'file'\nbody-max = 5\ninsecure = true\n"};
  program defaults;
  BOOST_TEST(defaults.run().has_value());
  BOOST_TEST(defaults.data == "d");
  BOOST_TEST(defaults.body_max == 4u);

  program from_file;
  BOOST_TEST(from_file.run("--config " + file.path).has_value());
  BOOST_TEST(from_file.data == "file");
  BOOST_TEST(from_file.body_max == 5u);
  BOOST_TEST(from_file.insecure);

  program from_environment;
  from_environment.variables = {{"BATCHD_CONFIG", file.path},
                                {"BATCHD_DATA", ""},
                                {"BATCHD_BODY_MAX", "6"},
                                {"BATCHD_INSECURE", "false"}};
  BOOST_TEST(from_environment.run().has_value());
  BOOST_TEST(from_environment.data == "file");
  BOOST_TEST(from_environment.body_max == 6u);
  BOOST_TEST(!from_environment.insecure);

  program from_flags;
  from_flags.variables = {{"BATCHD_BODY_MAX", "6"}, {"BATCHD_DATA", "env"}};
  BOOST_TEST(from_flags.run("--body-max 7 --config " + file.path).has_value());
  BOOST_TEST(from_flags.data == "env");
  BOOST_TEST(from_flags.body_max == 7u);
}

BOOST_AUTO_TEST_CASE(settings_are_printed_with_their_places) {
  config file{"\nbody-max = 5\n"};
  program x;
  x.variables = {{"BATCHD_TOKEN", "secret"}};
  BOOST_TEST(x.run("--data a\\b --config " + file.path).has_value());
  BOOST_TEST(x.given.render()
             == "data = \"a\\\\b\"       # flag --data\n"
                "body-max = 5        # file "
                  + file.path
                  + ":2\n"
                    "insecure = false    # default\n"
                    "token = \"********\"  # environment BATCHD_TOKEN\n");
}

BOOST_AUTO_TEST_CASE(what_is_printed_reads_back_as_it_was) {
  program first;
  BOOST_TEST(first.run("--data=x --body-max 3 --insecure").has_value());
  config file{first.given.render()};
  program second;
  BOOST_TEST(second.run("--config " + file.path).has_value());
  BOOST_TEST(second.data == "x");
  BOOST_TEST(second.body_max == 3u);
  BOOST_TEST(second.insecure);
}

BOOST_AUTO_TEST_CASE(mistakes_in_a_file_name_it_and_the_line) {
  struct row {
    std::string line;
    std::string says;
  };
  for (auto& x : std::vector<row>{
         {"bodymax = 5", "unknown setting 'bodymax'; expected one of data, "},
         {"config = 'x'", "unknown setting"},
         {"body-max = '5'", "body-max: expected a whole number"},
         {"body-max = true", "body-max: expected a whole number"},
         {"data = 5", "data: expected a text in quotes"},
         {"insecure = 1", "insecure: expected true or false"},
         {"body-max = 10", "10 not in range 1 to 9"},
         {"body-max = 99999999999999999999999", "body-max"},
         {"body-max", "expected name = value"}}) {
    config file{"# first\n" + x.line + "\n"};
    program p;
    // Even if it would not count.
    if (x.line.find('9') == std::string::npos
        && x.line.find("10") == std::string::npos)
      p.variables = {{"BATCHD_BODY_MAX", "2"}};
    auto done = p.run("--config " + file.path);
    BOOST_TEST_CONTEXT(x.line) {
      BOOST_REQUIRE(!done);
      BOOST_TEST((done.error().status == exit_status::wrong_usage));
      BOOST_TEST(done.error().message.starts_with(file.path + ":2: "));
      BOOST_TEST(done.error().message.find(x.says) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_named) {
  for (auto path : {"/none/such", "/", "/dev/zero"}) {
    auto done = program{}.run(std::string{"--config "} + path);
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().message.starts_with(path));
  }
}

BOOST_AUTO_TEST_CASE(mistakes_in_the_environment_name_the_variable) {
  struct row {
    std::string name;
    std::string value;
  };
  for (auto& x : std::vector<row>{{"BATCHD_BODY_MAX", "x"},
                                  {"BATCHD_BODY_MAX", "10"},
                                  {"BATCHD_BODY_MAX", "-1"},
                                  {"BATCHD_INSECURE", "maybe"},
                                  {"BATCHD_CONFIG", "/none/such"}}) {
    program p;
    p.variables = {{x.name, x.value}};
    auto done = p.run();
    BOOST_TEST_CONTEXT(x.name << "=" << x.value) {
      BOOST_REQUIRE(!done);
      auto wanted = x.name == "BATCHD_CONFIG" ? x.value : x.name;
      BOOST_TEST(done.error().message.find(wanted) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
