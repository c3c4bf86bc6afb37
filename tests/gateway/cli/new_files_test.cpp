#include "gateway/cli/new_files.hpp"

#include "tests/storage/temporary_folder.hpp"

#include <iterator>

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;
using batch::test::read_file;
using batch::test::temporary_folder;
using batch::test::write_file;
namespace fs = std::filesystem;

namespace {

struct new_files_fixture {
  temporary_folder folder;

  std::string at(const char* name) const {
    return (folder.path() / name).string();
  }
  long files() const {
    return std::distance(fs::directory_iterator{folder.path()}, {});
  }
  unsigned mode(const char* name) const {
    struct stat found = {};
    BOOST_REQUIRE(::stat(at(name).c_str(), &found) == 0);
    return found.st_mode & 07777;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(new_files_suite, new_files_fixture)

BOOST_AUTO_TEST_CASE(files_appear_with_their_modes) {
  std::string large(3 << 20, 'x');
  auto made
    = write_new_files({{at("key"), "secret", true}, {at("plain"), large}});
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(read_file(at("key")) == "secret");
  BOOST_TEST((read_file(at("plain")) == large));
  BOOST_TEST(mode("key") == 0600u);
  BOOST_TEST(mode("plain") == 0644u);
  BOOST_TEST(files() == 2);
}

BOOST_AUTO_TEST_CASE(what_is_there_stays_and_nothing_is_added) {
  for (auto name : {"a", "b"}) {
    write_file(at(name), "old");
    auto made = write_new_files({{at("a"), "new"}, {at("b"), "new"}});
    BOOST_REQUIRE(!made.has_value());
    BOOST_TEST((made.error().status == exit_status::failed));
    BOOST_TEST(made.error().message.starts_with(at(name) + " is there already"),
               made.error().message);
    BOOST_TEST(read_file(at(name)) == "old");
    BOOST_TEST(files() == 1);
    fs::remove(at(name));
  }
}

BOOST_AUTO_TEST_CASE(all_or_none_even_if_one_appears_meanwhile) {
  // The same name twice: the second one is there when its turn comes.
  auto made = write_new_files({{at("a"), "1"}, {at("b"), "2"}, {at("a"), "3"}});
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST(made.error().message.starts_with(at("a") + " is there already"));
  BOOST_TEST(files() == 0);
}

BOOST_AUTO_TEST_CASE(links_are_not_followed) {
  fs::create_symlink(at("nowhere"), at("link"));
  BOOST_TEST(!write_new_files({{at("link"), "new"}}).has_value());
  BOOST_TEST(!fs::exists(at("nowhere")));
}

BOOST_AUTO_TEST_CASE(a_folder_must_be_there) {
  auto made = write_new_files({{at("none/a"), "1"}});
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST((made.error().status == exit_status::failed));
  BOOST_TEST(made.error().message
             == "cannot write " + at("none/a") + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(folders_are_made_for_their_owner) {
  BOOST_TEST(make_folder(at("new")).has_value());
  BOOST_TEST(mode("new") == 0700u);
  BOOST_TEST(make_folder(at("new")).has_value());
  BOOST_TEST(make_folder(folder.path().string() + '/').has_value());
  write_file(at("file"), "");
  for (auto name : {"file", "file/x", "none/x"}) {
    auto made = make_folder(at(name));
    BOOST_REQUIRE(!made.has_value());
    BOOST_TEST(made.error().message.starts_with("cannot make the folder "
                                                + at(name) + ": "),
               made.error().message);
  }
}

BOOST_AUTO_TEST_SUITE_END()
