#include "gateway/cli/item_source.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {

/// A file with this content that is removed at the end.
struct temporary_file {
  explicit temporary_file(const std::string& content)
    : path((std::filesystem::temp_directory_path()
            / ("item_source_" + std::to_string(::getpid())))
             .string()) {
    std::ofstream{path} << content;
  }
  ~temporary_file() { std::filesystem::remove(path); }

  std::string path;
};

std::string rest_of(item_source& items) {
  std::string out;
  char piece[7];
  while (true) {
    auto got = items.read(piece, sizeof piece);
    BOOST_REQUIRE(got.has_value());
    if (*got == 0)
      return out;
    out.append(piece, *got);
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_file_is_read_to_its_end) {
  std::string content(10'000, 'x');
  temporary_file file{content};
  auto items = item_source::open(file.path);
  BOOST_REQUIRE(items.has_value());
  BOOST_TEST(items->bytes_left().value_or(0) == content.size());
  BOOST_TEST((rest_of(*items) == content));
}

BOOST_AUTO_TEST_CASE(the_first_byte_is_found_behind_white_space) {
  std::string gap(9'000, ' ');
  for (auto& front : {std::string{}, std::string{" \n\t"}, gap,
                      std::string{"\xEF\xBB\xBF"}, "\xEF\xBB\xBF" + gap}) {
    temporary_file file{front + "[1, 2]"};
    auto items = item_source::open(file.path);
    BOOST_REQUIRE(items.has_value());
    auto first = items->first_byte();
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(first->value_or('?') == '[');
    BOOST_TEST(items->bytes_left().value_or(0) == 6u);
    BOOST_TEST(rest_of(*items) == "[1, 2]");
  }
}

BOOST_AUTO_TEST_CASE(white_space_alone_has_no_first_byte) {
  for (auto content : {"", " \n", "\xEF\xBB\xBF"}) {
    temporary_file file{content};
    auto items = item_source::open(file.path);
    BOOST_REQUIRE(items.has_value());
    auto first = items->first_byte();
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(!first->has_value());
    BOOST_TEST(rest_of(*items) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_shrinks_is_a_failure_and_one_that_grows_not) {
  temporary_file file{"0123456789"};
  auto shrinking = item_source::open(file.path);
  auto growing = item_source::open(file.path);
  BOOST_REQUIRE((shrinking.has_value() && growing.has_value()));
  std::ofstream{file.path, std::ios::app} << "more";
  BOOST_TEST(rest_of(*growing) == "0123456789");
  std::filesystem::resize_file(file.path, 4);
  char piece[10];
  BOOST_TEST(shrinking->read(piece, sizeof piece).value_or(0) == 4u);
  BOOST_TEST(!shrinking->read(piece, sizeof piece).has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_wrong_usage) {
  for (auto path : {"/no/such/file", "/tmp", ""}) {
    auto items = item_source::open(path);
    BOOST_REQUIRE(!items);
    BOOST_TEST((items.error().status == exit_status::wrong_usage));
    BOOST_TEST(items.error().message.starts_with("cannot read"));
  }
}
