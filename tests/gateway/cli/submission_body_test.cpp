#include "gateway/cli/submission_body.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;
namespace fs = std::filesystem;

namespace {

const submission_head head{"import-things", R"({"priority":5})"};

struct body_fixture {
  body_fixture() {
    auto pattern = (fs::temp_directory_path() / "body_XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~body_fixture() { fs::remove_all(folder); }

  std::shared_ptr<item_source> items(const std::string& content) const {
    auto path = (folder / "items").string();
    std::ofstream{path} << content;
    auto out = item_source::open(path);
    BOOST_REQUIRE(out.has_value());
    return std::make_shared<item_source>(std::move(*out));
  }

  /// All bytes of a body, which must be as many as it has said.
  static std::string text_of(const upload& body) {
    std::string out;
    char piece[5];
    while (true) {
      auto got = body.read(piece, sizeof piece);
      BOOST_REQUIRE(got.has_value());
      if (*got == 0)
        break;
      out.append(piece, *got);
    }
    BOOST_TEST(body.length.value_or(0) == out.size());
    return out;
  }

  fs::path folder;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(submission_body_suite, body_fixture)

BOOST_AUTO_TEST_CASE(an_array_is_wrapped_into_a_document) {
  auto body = json_body(head, items(R"([{"ns":"a"}])"));
  BOOST_TEST(body.content_type == "application/json");
  BOOST_TEST(text_of(body)
             == R"({"type":"import-things",)"
                R"("items":[{"ns":"a"}],)"
                R"("options":{"priority":5}})");
  BOOST_TEST(text_of(json_body({"t\"", ""}, items("[]")))
             == R"({"type":"t\"","items":[]})");
}

BOOST_AUTO_TEST_CASE(a_namespace_is_an_input) {
  BOOST_TEST(text_of(input_body(head, "a\"b"))
             == R"({"type":"import-things","input":{"ns":"a\"b"},)"
                R"("options":{"priority":5}})");
}

BOOST_AUTO_TEST_CASE(streams_are_sent_as_they_are) {
  auto lines = stream_body(item_format::ndjson, items("{}\n{}\n"));
  BOOST_TEST(lines.content_type == "application/x-ndjson");
  BOOST_TEST(text_of(lines) == "{}\n{}\n");
  auto table = stream_body(item_format::csv, items("ns,id\r\n"));
  BOOST_TEST(table.content_type == "text/csv");
  BOOST_TEST(text_of(table) == "ns,id\r\n");
}

BOOST_AUTO_TEST_CASE(the_head_of_a_stream_stands_in_the_query) {
  BOOST_TEST(stream_path(head).value_or(request_path{""}).text()
             == "/batch?type=import-things"
                "&options=%7B%22priority%22%3A5%7D");
  BOOST_TEST(!stream_path({"t", std::string(9000, 'x')}).has_value());
}

BOOST_AUTO_TEST_CASE(the_format_is_told_by_flag_then_name_then_content) {
  struct row {
    const char* flag;
    const char* path;
    const char* content;
    item_format format;
  };
  for (auto& x : {row{"", "a.json", " [1]", item_format::json_array},
                  row{"", "a.ndjson", "[1]", item_format::ndjson},
                  row{"", "a.jsonl", "{}", item_format::ndjson},
                  row{"", "-", "\n[1]", item_format::json_array},
                  row{"", "-", "{}", item_format::ndjson},
                  row{"", "-", "", item_format::ndjson},
                  row{"", "a.csv", "[1]", item_format::csv},
                  row{"csv", "-", "[1]", item_format::csv},
                  row{"ndjson", "a.csv", "{}", item_format::ndjson},
                  row{"ndjson", "a.json", "[1]\n", item_format::ndjson},
                  row{"json", "a.ndjson", "[]", item_format::json_array}}) {
    auto format = find_item_format(x.flag, x.path, *items(x.content));
    BOOST_REQUIRE(format.has_value());
    BOOST_TEST((*format == x.format), x.flag << ' ' << x.path);
  }
}

BOOST_AUTO_TEST_CASE(a_json_file_without_an_array_is_wrong_usage) {
  for (auto content : {"", "{\"type\":1}", "{}\n{}\n"}) {
    auto format = find_item_format("", "a.json", *items(content));
    BOOST_REQUIRE(!format);
    BOOST_TEST((format.error().status == exit_status::wrong_usage));
  }
}

BOOST_AUTO_TEST_SUITE_END()
