#include "codecs/csv_reader.hpp"

#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

#include <algorithm>
#include <span>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

/// A record that was visited, as values. Cells are "text" or, if they stood in
/// quotes, "'text".
struct seen_record {
  uint64_t line;
  uint64_t offset;
  std::vector<std::string> cells;
  bool too_long = false;
  /// "line byte cell: what", if the record has a fault.
  std::string fault = {};

  bool operator==(const seen_record&) const = default;
};

std::ostream& operator<<(std::ostream& out, const seen_record& x) {
  out << x.line << " at " << x.offset << (x.too_long ? " too long" : "");
  for (auto& cell : x.cells)
    out << " [" << shown(cell) << ']';
  return out << ' ' << x.fault;
}

using record_list = std::vector<seen_record>;

/// What comes out of a stream: records, and the error of its end.
struct outcome {
  record_list records;
  std::string error;

  bool operator==(const outcome&) const = default;
};

seen_record as_values(const csv_record& x) {
  seen_record out{x.line, x.offset, {}, x.too_long};
  for (auto& cell : x.cells)
    out.cells.push_back((cell.quoted ? "'" : "") + std::string{cell.text});
  if (x.fault)
    out.fault = std::to_string(x.fault->line) + " "
                + std::to_string(x.fault->offset) + " "
                + std::to_string(x.fault->cell) + ": "
                + std::string{x.fault->what.substr(0, 9)};
  return out;
}

/// Reads a stream that arrives in pieces, cut at ascending places.
outcome read(std::string_view stream, std::span<const size_t> cuts = {},
             size_t text_bytes_max = 1000, size_t cells_max = 1000) {
  outcome out;
  auto keep = [&](const csv_record& x) {
    out.records.push_back(as_values(x));
    return true;
  };
  csv_reader reader{text_bytes_max, cells_max};
  size_t begin = 0;
  for (auto cut : cuts) {
    BOOST_REQUIRE(reader.feed(stream.substr(begin, cut - begin), keep));
    begin = cut;
  }
  BOOST_REQUIRE(reader.feed(stream.substr(begin), keep));
  if (auto end = reader.finish(keep); !end) {
    BOOST_TEST(end.error().code == ec::invalid_job);
    out.error = end.error().message;
  }
  return out;
}

void check(std::string_view stream, const record_list& wanted) {
  auto got = read(stream);
  BOOST_TEST(got.records == wanted, boost::test_tools::per_element());
  BOOST_TEST(got.error == "");
}

/// Streams with everything that a reader can meet.
const std::vector<std::string> streams{
  "a,b\nc,d\n",
  "a,b\r\nc,d\r\n",
  "\xEF\xBB\xBF\"a\",b\n\n1,\"x\"\"y\"\r\n",
  "\"a\nb\",\"\r\n\"\n\"\"\n\r\n \t\nlast",
  "a\"b,c\n\"x\"y,\"z\n\"\nok,ok\n",
  "a\rb,c\nd\r",
  "\"a\" ,b\r\n,,\r\n\"\"\"\"\"\"\n",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,b\n\"cc\nccccccccc\"\n1\n",
  "a,\"open\n1,2\n",
  "\"a\"\"",
  "\"\xEF\xBB\xBF\",\xEF\xBB\n",
};

} // namespace

BOOST_AUTO_TEST_SUITE(csv_reader_test)

BOOST_AUTO_TEST_CASE(records_end_with_lf_or_crlf_and_the_last_one_may_not) {
  check("a,b\nc\r\nd,", {{1, 0, {"a", "b"}}, {2, 4, {"c"}}, {3, 7, {"d", ""}}});
  check("a\r", {{1, 0, {"a"}}});
  check("\"a\"\r", {{1, 0, {"'a"}}});
  check(",\n", {{1, 0, {"", ""}}});
}

BOOST_AUTO_TEST_CASE(quoted_cells_hold_anything) {
  check("\"a,b\",\"say \"\"hi\"\"\",\"x\r\ny\n\",\"\"\nz\n",
        {{1, 0, {"'a,b", "'say \"hi\"", "'x\r\ny\n", "'"}}, {4, 30, {"z"}}});
  check("\"\"\"\",\"\"\"\"\"\"\n", {{1, 0, {"'\"", "'\"\""}}});
}

BOOST_AUTO_TEST_CASE(white_space_belongs_to_a_cell) {
  check(" a , b\t\n", {{1, 0, {" a ", " b\t"}}});
}

BOOST_AUTO_TEST_CASE(blank_lines_are_skipped_and_counted) {
  check("\n\r\n \t\na\n\n\"\"\n ", {{4, 6, {"a"}}, {6, 9, {"'"}}});
  check("", {});
  check("\n", {});
  check("\xEF\xBB\xBF", {});
  check("\xEF\xBB\xBF\r\n", {});
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_at_the_begin_is_no_part_of_a_cell) {
  check("\xEF\xBB\xBF\"a\"\n\xEF\xBB\xBF"
        "b\n",
        {{1, 0, {"'a"}},
         {2,
          7,
          {"\xEF\xBB\xBF"
           "b"}}});
  check("\xEF\xBB"
        "a\n",
        {{1,
          0,
          {"\xEF\xBB"
           "a"}}});
  check("\xEF", {{1, 0, {"\xEF"}}});
}

BOOST_AUTO_TEST_CASE(a_fault_stays_within_its_record) {
  check("a\"b,c\n1\n", {{1, 0, {}, false, "1 1 1: a quote w"}, {2, 6, {"1"}}});
  check("x,\"a\"b,\"c\nd\"\n1\n",
        {{1, 0, {}, false, "1 5 2: text behi"}, {3, 13, {"1"}}});
  check("\"a\nb\"x\n", {{1, 0, {}, false, "2 5 1: text behi"}});
  check("a\rb,c\n1\n", {{1, 0, {}, false, "1 1 1: a CR with"}, {2, 6, {"1"}}});
  check("\"a\" ,b\n", {{1, 0, {}, false, "1 3 1: text behi"}});
  check("\"a\"\"b\"c\"\"\n1\n",
        {{1, 0, {}, false, "1 6 1: text behi"}, {2, 10, {"1"}}});
}

BOOST_AUTO_TEST_CASE(a_quoted_cell_that_is_never_closed_is_an_error_of_all) {
  for (auto text : {"a,b\n\nc,\"d\ne,f\n", "a,b\n\nc,\"d\"\"\ne"}) {
    auto got = read(text);
    BOOST_TEST(got.records.size() == 1u);
    BOOST_TEST(contains(got.error, "line 3 (byte 7)"));
  }
  // Also if the record is too long to be held.
  BOOST_TEST(contains(read("a\n\"123456789", {}, 5).error, "line 2 (byte 2)"));
}

BOOST_AUTO_TEST_CASE(a_record_beyond_the_limit_is_reported_without_text) {
  for (auto bom : {"", "\xEF\xBB\xBF"})
    for (auto end : {"", "\n", "\r\n"}) {
      auto fits = read(bom + "12,45"s + end, {}, 5).records;
      BOOST_TEST((fits == record_list{{1, 0, {"12", "45"}}}));
      auto not_any_more = read(bom + "12,456"s + end, {}, 5).records;
      BOOST_TEST((not_any_more == record_list{{1, 0, {}, true}}));
    }
  // The quotes of CSV do not count, those that are meant do.
  BOOST_TEST(
    (read("\"\"\"\"\"\"\n", {}, 2).records == record_list{{1, 0, {"'\"\""}}}));
  BOOST_TEST(
    (read("\"\"\"\"\"\"\n\"a\nb\"c\n1\n", {}, 1).records
     == record_list{{1, 0, {}, true}, {2, 7, {}, true}, {4, 14, {"1"}}}));
}

BOOST_AUTO_TEST_CASE(only_so_many_cells_are_kept_and_all_are_counted) {
  csv_reader reader{100, 2};
  std::vector<size_t> kept, counted;
  auto look = [&](const csv_record& x) {
    kept.push_back(x.cells.size());
    counted.push_back(x.cell_count);
    reader.keep_cells(3);
    return true;
  };
  BOOST_TEST(reader.feed("1,2,3,4\n1,2,3,4\n1\n", look));
  BOOST_TEST(kept == (std::vector<size_t>{2, 3, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(counted == (std::vector<size_t>{4, 4, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_text_of_a_record_is_as_it_was_sent) {
  for (size_t cut : {0, 3, 9}) {
    std::vector<std::string> texts;
    auto look = [&](const csv_record& x) {
      texts.emplace_back(x.text);
      return true;
    };
    csv_reader reader{100, 10};
    auto stream = "\"a\"\"\",b\r\n\"x\"y\n"sv;
    reader.feed(stream.substr(0, cut), look);
    reader.feed(stream.substr(cut), look);
    BOOST_TEST(texts == (std::vector<std::string>{"\"a\"\"\",b", "\"x\"y"}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_visitor_that_has_enough_sees_no_more) {
  csv_reader reader{100, 10};
  int visits = 0;
  auto once = [&](const csv_record&) {
    ++visits;
    return false;
  };
  BOOST_TEST(!reader.feed("1\n2\n3\n", once));
  BOOST_TEST(visits == 1);
}

BOOST_AUTO_TEST_CASE(a_stream_has_the_same_records_wherever_it_is_cut) {
  for (const auto& stream : streams)
    for (size_t limit : {3, 10, 1000}) {
      auto wanted = read(stream, {}, limit);
      std::vector<size_t> each_byte;
      for (size_t a = 0; a <= stream.size(); ++a) {
        each_byte.push_back(a);
        for (size_t b = a; b <= stream.size(); ++b)
          BOOST_REQUIRE_MESSAGE((read(stream, {{a, b}}, limit) == wanted),
                                shown(stream) << " at " << a << " and " << b);
      }
      BOOST_TEST((read(stream, each_byte, limit) == wanted));
    }
}

BOOST_AUTO_TEST_CASE(random_bytes_have_the_same_records_wherever_they_are_cut) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 20'000; ++i) {
      auto stream = (random.one_in(4) ? "\xEF\xBB\xBF" : "")
                    + random.text("ab,,\"\"\"\r\n\n\t \xEF\xBB\xBF", 40);
      auto limit = random.below(30);
      auto cells = random.below(4);
      std::vector<size_t> cuts;
      for (auto count = random.below(6); count > 0; --count)
        cuts.push_back(random.below(stream.size() + 1));
      std::ranges::sort(cuts);
      BOOST_REQUIRE_MESSAGE(
        (read(stream, cuts, limit, cells) == read(stream, {}, limit, cells)),
        shown(stream) << " with limit " << limit);
    }
  }
}

BOOST_AUTO_TEST_CASE(random_tables_come_back_as_they_were_written) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int round = 0; round < 3'000; ++round) {
      std::string stream = random.one_in(3) ? "\xEF\xBB\xBF" : "";
      std::vector<std::vector<std::string>> wanted;
      for (auto rows = random.below(5); rows > 0; --rows) {
        auto& row = wanted.emplace_back();
        for (auto cells = 2 + random.below(4); cells > 0; --cells) {
          auto text = random.text("ab,\"\r\n =", 6);
          auto quotes
            = random.one_in(2) || text.find_first_of(",\"\r\n") != text.npos;
          row.push_back((quotes ? "'" : "") + text);
          if (row.size() > 1)
            stream.push_back(',');
          if (quotes)
            append_csv_field(stream, text, csv_formulas::raw,
                             csv_quotes::always);
          else
            stream += text;
        }
        stream += random.one_in(2) ? "\n" : "\r\n";
      }
      auto got = read(stream);
      BOOST_REQUIRE(got.error.empty());
      BOOST_REQUIRE(got.records.size() == wanted.size());
      for (size_t i = 0; i < wanted.size(); ++i)
        BOOST_REQUIRE_MESSAGE(got.records[i].cells == wanted[i], shown(stream));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
