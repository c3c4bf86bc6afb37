#include "gateway/cli/last_line.hpp"

#include <cstdio>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

namespace {

std::optional<last_line> last_line_of(const std::string& text) {
  std::unique_ptr<FILE, decltype(&std::fclose)> file{std::tmpfile(),
                                                     std::fclose};
  BOOST_REQUIRE(std::fwrite(text.data(), 1, text.size(), file.get())
                == text.size());
  std::fflush(file.get());
  return find_last_line(::fileno(file.get()));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_last_line_is_the_last_whole_one) {
  struct sample {
    std::string text, line;
    uint64_t end;
  };
  // A file is read in blocks of 64 KiB.
  std::string block(64 << 10, 'x'), large(1 << 20, 'y');
  for (const auto& [text, line, end] : {
         sample{"", "", 0},
         {"torn", "", 0},
         {"\n", "", 1},
         {"a\n", "a", 2},
         {"a\ntorn", "a", 2},
         {"a\nb\n", "b", 4},
         {"a\nb\n{", "b", 4},
         {"a\n\n", "", 3},
         {block, "", 0},
         {block + "\n", block, block.size() + 1},
         {"\n" + block + "\n", block, block.size() + 2},
         {"a\n" + block.substr(1) + "\n", block.substr(1), block.size() + 2},
         {"a\n" + block.substr(2) + "\n", block.substr(2), block.size() + 1},
         {"a\n" + large + "\n" + large, large, large.size() + 3},
       }) {
    auto found = last_line_of(text);
    BOOST_REQUIRE(found);
    BOOST_TEST((found->text == line));
    BOOST_TEST(found->end == end);
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_no_record_has_is_not_searched_for_ever) {
  errno = 0;
  BOOST_TEST(!last_line_of(std::string(40 << 20, 'x')));
  BOOST_TEST(errno == EFBIG);
}
