#include "gateway/cli/output.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;
namespace fs = std::filesystem;

namespace {

struct output_fixture {
  output_fixture() {
    auto pattern = (fs::temp_directory_path() / "output_XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    file = (folder / "file").string();
  }
  ~output_fixture() { fs::remove_all(folder); }

  static std::string content(const fs::path& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  static void put(const fs::path& path, const char* text) {
    std::ofstream{path} << text;
  }
  size_t files() const {
    return static_cast<size_t>(
      std::distance(fs::directory_iterator{folder}, {}));
  }

  fs::path folder;
  std::string file;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(output_suite, output_fixture)

BOOST_AUTO_TEST_CASE(a_file_appears_when_it_is_finished) {
  auto out = output::open(file);
  BOOST_REQUIRE(out.has_value());
  std::string large(1 << 20, 'x');
  BOOST_TEST((*out)->line("a").has_value());
  BOOST_TEST((*out)->write(large).has_value());
  BOOST_TEST(!fs::exists(file));
  BOOST_TEST((*out)->finish().has_value());
  BOOST_TEST((content(file) == "a\n" + large));
  BOOST_TEST(files() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_finished_leaves_the_old_one) {
  put(file, "old");
  {
    auto out = output::open(file);
    BOOST_REQUIRE(out.has_value());
    BOOST_TEST((*out)->write("new").has_value());
  }
  BOOST_TEST(content(file) == "old");
  BOOST_TEST(files() == 1u);
}

BOOST_AUTO_TEST_CASE(a_link_stays_a_link) {
  put(folder / "real", "old");
  fs::create_symlink(folder / "real", file);
  auto out = output::open(file);
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST((*out)->write("new").has_value());
  BOOST_TEST((*out)->finish().has_value());
  BOOST_TEST(fs::is_symlink(file));
  BOOST_TEST(content(folder / "real") == "new");
}

BOOST_AUTO_TEST_CASE(a_device_is_written_to_and_not_replaced) {
  auto out = output::open("/dev/null");
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST((*out)->write("x").has_value());
  BOOST_TEST((*out)->finish().has_value());
  BOOST_TEST(fs::is_character_file("/dev/null"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_a_failure) {
  auto out = output::open("/dev/full");
  BOOST_REQUIRE(out.has_value());
  auto written = (*out)->write("x");
  BOOST_REQUIRE(!written);
  BOOST_TEST((written.error().status == exit_status::failed));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_wrong_usage) {
  for (auto path : {folder / "no" / "file", folder}) {
    auto out = output::open(path.string());
    BOOST_REQUIRE(!out);
    BOOST_TEST((out.error().status == exit_status::wrong_usage));
  }
}

BOOST_AUTO_TEST_CASE(what_was_kept_is_gone_on_with) {
  put(file, "old\n");
  {
    auto out = output::open(file);
    BOOST_REQUIRE(out.has_value());
    BOOST_TEST((*out)->write("a\nb\ntor").has_value());
    BOOST_TEST((*out)->keep() == file + ".part");
  }
  BOOST_TEST(content(file) == "old\n");
  BOOST_TEST(content(file + ".part") == "a\nb\ntor");
  {
    auto out = output::resume(file);
    BOOST_REQUIRE(out.has_value());
    BOOST_TEST((*out)->last_line() == "b");
    BOOST_TEST((*out)->write("c\n").has_value());
    // Not finished: it is kept unasked.
    BOOST_TEST((*out)->keep() == file + ".part");
  }
  BOOST_TEST(content(file + ".part") == "a\nb\nc\n");
  auto out = output::resume(file);
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST((*out)->finish().has_value());
  BOOST_TEST(content(file) == "a\nb\nc\n");
  BOOST_TEST(files() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_came_another_way_is_gone_on_with_in_place) {
  put(file, "a\ntorn");
  auto out = output::resume(file);
  BOOST_REQUIRE(out.has_value());
  BOOST_TEST((*out)->last_line() == "a");
  BOOST_TEST((*out)->write("b\n").has_value());
  BOOST_TEST((*out)->finish().has_value());
  BOOST_TEST(content(file) == "a\nb\n");
  BOOST_TEST(files() == 1u);
}

BOOST_AUTO_TEST_CASE(where_there_is_nothing_a_file_begins) {
  {
    auto out = output::resume(file);
    BOOST_REQUIRE(out.has_value());
    BOOST_TEST((*out)->last_line() == "");
    BOOST_TEST((*out)->write("a\n").has_value());
    BOOST_TEST(!fs::exists(file));
    BOOST_TEST((*out)->finish().has_value());
  }
  BOOST_TEST(content(file) == "a\n");
  BOOST_TEST(!output::resume(folder.string()).has_value());
  BOOST_TEST(!output::resume((folder / "none" / "file").string()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
