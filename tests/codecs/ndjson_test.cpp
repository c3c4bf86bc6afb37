#include "codecs/ndjson.hpp"

#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

#include <span>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

/// A line that was visited, as values.
struct seen_line {
  uint64_t number;
  uint64_t offset;
  std::string text;
  bool too_long = false;

  bool operator==(const seen_line&) const = default;
};

std::ostream& operator<<(std::ostream& out, const seen_line& x) {
  return out << x.number << " at " << x.offset << ": "
             << (x.too_long ? "(too long)" : shown(x.text));
}

using line_list = std::vector<seen_line>;

/// The lines of a stream that arrives in pieces, cut at ascending places.
line_list lines_of(std::string_view stream, size_t line_bytes_max,
                   std::span<const size_t> cuts = {}) {
  line_list lines;
  auto keep = [&](const ndjson_splitter::line& x) {
    lines.push_back({x.number, x.offset, std::string{x.text}, x.too_long});
    return true;
  };
  ndjson_splitter splitter{line_bytes_max};
  size_t begin = 0;
  for (auto cut : cuts) {
    BOOST_REQUIRE(splitter.feed(stream.substr(begin, cut - begin), keep));
    begin = cut;
  }
  BOOST_REQUIRE(splitter.feed(stream.substr(begin), keep));
  BOOST_REQUIRE(splitter.finish(keep));
  return lines;
}

/// The same, the simplest way: from the whole stream.
line_list wanted_lines(std::string_view stream, size_t line_bytes_max) {
  line_list lines;
  size_t begin = 0;
  for (uint64_t number = 1; begin < stream.size(); ++number) {
    auto end = std::min(stream.find('\n', begin), stream.size());
    auto text = stream.substr(begin, end - begin);
    if (number == 1 && text.starts_with("\xEF\xBB\xBF"))
      text.remove_prefix(3);
    if (text.ends_with('\r'))
      text.remove_suffix(1);
    if (text.size() > line_bytes_max)
      lines.push_back({number, begin, "", true});
    else if (text.find_first_not_of(" \t\r") != text.npos)
      lines.push_back({number, begin, std::string{text}});
    begin = end + 1;
  }
  return lines;
}

void check_lines(std::string_view stream, size_t line_bytes_max,
                 const line_list& wanted) {
  BOOST_TEST(lines_of(stream, line_bytes_max) == wanted,
             boost::test_tools::per_element());
  BOOST_TEST((wanted_lines(stream, line_bytes_max) == wanted));
}

} // namespace

BOOST_AUTO_TEST_SUITE(ndjson_test)

BOOST_AUTO_TEST_CASE(lines_end_with_lf_or_crlf_and_the_last_one_may_not) {
  check_lines("{}\n[1]\r\n\"x\"", 100,
              {{1, 0, "{}"}, {2, 3, "[1]"}, {3, 8, "\"x\""}});
  check_lines("1\n2\r\n", 100, {{1, 0, "1"}, {2, 2, "2"}});
  check_lines("1\r", 100, {{1, 0, "1"}});
}

BOOST_AUTO_TEST_CASE(blank_lines_are_skipped_and_counted) {
  check_lines("\n\r\n \t\n1\n\n  2 \n\t", 100, {{4, 6, "1"}, {6, 9, "  2 "}});
}

BOOST_AUTO_TEST_CASE(a_stream_without_lines_has_none) {
  for (auto stream :
       {"", "\n", "\r\n\r\n", "  ", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n", "\r"})
    check_lines(stream, 100, {});
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_at_the_begin_is_no_part_of_a_line) {
  check_lines("\xEF\xBB\xBF{}\n\xEF\xBB\xBF[]", 100,
              {{1, 0, "{}"}, {2, 6, "\xEF\xBB\xBF[]"}});
}

BOOST_AUTO_TEST_CASE(a_cr_within_a_line_stays) {
  check_lines("a\rb\r\r\nc", 100, {{1, 0, "a\rb\r"}, {2, 6, "c"}});
}

BOOST_AUTO_TEST_CASE(any_bytes_may_stand_in_a_line) {
  check_lines("\0\xFF\x80\n\0"s, 100, {{1, 0, "\0\xFF\x80"s}, {2, 4, "\0"s}});
}

BOOST_AUTO_TEST_CASE(a_line_of_exactly_the_limit_is_no_longer_than_it) {
  for (auto bom : {"", "\xEF\xBB\xBF"})
    for (auto end : {"", "\n", "\r\n"}) {
      check_lines(bom + "12345"s + end, 5, {{1, 0, "12345"}});
      check_lines(bom + "123456"s + end, 5, {{1, 0, "", true}});
    }
}

BOOST_AUTO_TEST_CASE(lines_behind_a_too_long_one_are_read_as_ever) {
  check_lines("123456789\n1\n        \n2\r\n1234567890123", 5,
              {{1, 0, "", true},
               {2, 10, "1"},
               {3, 12, "", true},
               {4, 21, "2"},
               {5, 24, "", true}});
}

BOOST_AUTO_TEST_CASE(a_visitor_that_has_enough_sees_no_more) {
  ndjson_splitter splitter{100};
  int visits = 0;
  auto once = [&](const ndjson_splitter::line&) {
    ++visits;
    return false;
  };
  BOOST_TEST(splitter.feed("1", once));
  BOOST_TEST(!splitter.feed("\n2\n3\n", once));
  BOOST_TEST(visits == 1);
  ndjson_splitter last{100};
  BOOST_TEST(last.feed("1", once));
  BOOST_TEST(!last.finish(once));
  BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_CASE(a_stream_is_finished_only_once) {
  ndjson_splitter splitter{100};
  int visits = 0;
  auto count = [&](const ndjson_splitter::line&) {
    ++visits;
    return true;
  };
  BOOST_TEST(splitter.feed("1", count));
  BOOST_TEST(splitter.finish(count));
  BOOST_TEST(splitter.finish(count));
  BOOST_TEST(visits == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_has_the_same_lines_wherever_it_is_cut) {
  auto stream = "\xEF\xBB\xBF{\"a\":1}\r\n\n123456789\r\r\n \n[]\r"s;
  for (size_t limit = 0; limit < 12; ++limit) {
    auto wanted = wanted_lines(stream, limit);
    BOOST_TEST((lines_of(stream, limit) == wanted));
    std::vector<size_t> each_byte;
    for (size_t a = 0; a <= stream.size(); ++a) {
      each_byte.push_back(a);
      for (size_t b = a; b <= stream.size(); ++b)
        BOOST_REQUIRE((lines_of(stream, limit, {{a, b}}) == wanted));
    }
    BOOST_TEST((lines_of(stream, limit, each_byte) == wanted));
  }
}

BOOST_AUTO_TEST_CASE(random_streams_have_the_same_lines_wherever_they_are_cut) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 20'000; ++i) {
      auto stream = (random.one_in(4) ? "\xEF\xBB\xBF" : "")
                    + random.text("ab \t\r\r\n\n\xEF\xBB\xBF", 30);
      auto limit = random.below(8);
      std::vector<size_t> cuts;
      for (auto count = random.below(6); count > 0; --count)
        cuts.push_back(random.below(stream.size() + 1));
      std::ranges::sort(cuts);
      BOOST_REQUIRE_MESSAGE(lines_of(stream, limit, cuts)
                              == wanted_lines(stream, limit),
                            shown(stream) << " with limit " << limit);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
