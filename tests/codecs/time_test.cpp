#include "codecs/time.hpp"

#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

constexpr time_ms latest = 253402300799999; // 9999-12-31T23:59:59.999Z

struct time_row {
  std::string text;
  time_ms time;
};

std::ostream& operator<<(std::ostream& out, const time_row& x) {
  return out << shown(x.text);
}

/// Texts as they are written. Source of the numbers: date(1) of GNU coreutils.
const std::vector<time_row> written{
  {"1970-01-01T00:00:00.000Z", 0},
  {"1970-01-01T00:00:00.001Z", 1},
  {"1999-12-31T23:59:59.999Z", 946684799999},
  {"2000-02-29T00:00:00.000Z", 951782400000},
  {"2000-03-01T00:00:00.000Z", 951868800000},
  {"2024-02-29T12:34:56.789Z", 1709210096789},
  {"2026-03-01T12:00:00.250Z", 1772366400250},
  {"2038-01-19T03:14:08.000Z", 2147483648000},
  {"2100-02-28T23:59:59.000Z", 4107542399000},
  {"2100-03-01T00:00:00.000Z", 4107542400000},
  {"9999-12-31T23:59:59.999Z", latest},
};

/// Other texts of the same time.
const std::vector<time_row> also_read{
  {"2026-03-01T12:00:00Z", 1772366400000},
  {"2026-03-01t12:00:00z", 1772366400000},
  {"2026-03-01T12:00:00.2Z", 1772366400200},
  {"2026-03-01T12:00:00.25Z", 1772366400250},
  {"2026-03-01T12:00:00.2509999Z", 1772366400250},
  {"2026-03-01T12:00:00.999999999Z", 1772366400999},
  {"2026-03-01T12:00:00.000+00:00", 1772366400000},
  {"2026-03-01T12:00:00-00:00", 1772366400000},
  {"2026-03-01T13:00:00+01:00", 1772366400000},
  {"2026-03-01T17:30:00.25+05:30", 1772366400250},
  {"2026-03-01T06:15:00-05:45", 1772366400000},
  {"2026-03-02T11:59:00+23:59", 1772366400000},
  {"2026-02-28T12:01:00-23:59", 1772366400000},
  {"2024-03-01T00:30:00+01:00", 1709249400000},
  {"1970-01-01T00:00:00+00:01", -60000},
  {"1969-12-31T23:59:59.5Z", -500},
};

const std::vector<std::string> bad_times{
  "",
  "2026",
  "2026-03-01",
  "2026-03-01T12:00:00",
  "2026-03-01T12:00Z",
  "2026-03-01 12:00:00Z",
  "2026-03-01T12:00:00.Z",
  "2026-03-01T12:00:00.0000000000Z",
  "2026-03-01T12:00:00,5Z",
  "2026-03-01T12:00:00 Z",
  "2026-03-01T12:00:00Z ",
  " 2026-03-01T12:00:00Z",
  "2026-03-01T12:00:00ZZ",
  "2026-03-01T12:00:00+01",
  "2026-03-01T12:00:00+0100",
  "2026-03-01T12:00:00+24:00",
  "2026-03-01T12:00:00+01:60",
  "2026-03-01T12:00:00+-1:00",
  "2026-03-01T24:00:00Z",
  "2026-03-01T12:60:00Z",
  "2026-03-01T12:00:60Z",
  "2026-03-01T-1:00:00Z",
  "2026-00-01T12:00:00Z",
  "2026-13-01T12:00:00Z",
  "2026-03-00T12:00:00Z",
  "2026-03-32T12:00:00Z",
  "2026-04-31T12:00:00Z",
  "2026-02-29T12:00:00Z",
  "2100-02-29T12:00:00Z",
  "1900-02-29T12:00:00Z",
  "-026-03-01T12:00:00Z",
  "+026-03-01T12:00:00Z",
  "12026-03-01T12:00:00Z",
  "2026-3-01T12:00:00Z",
  "20 6-03-01T12:00:00Z",
  "2026/03/01T12:00:00Z",
  "1772366400000",
  "now",
  // The bytes next to '-', ':', '.' and '+' when the bit of lower case is
  // not looked at.
  "2026\r03\r01T12:00:00Z",
  "2026-03-01T12\x1A"
  "00\x1A"
  "00Z",
  "2026-03-01T12:00:00\x0E"
  "5Z",
  "2026-03-01T12:00:00\x0B"
  "01:00",
  "2026-03-01T12:00:00Z\0"s,
};

} // namespace

BOOST_AUTO_TEST_SUITE(time_test)

BOOST_DATA_TEST_CASE(a_time_is_written_in_utc_with_milliseconds,
                     data::make(written), x) {
  BOOST_TEST(format_time(x.time) == x.text);
  BOOST_TEST(must(parse_time(x.text)) == x.time);
}

BOOST_DATA_TEST_CASE(a_time_is_read_with_any_fraction_and_offset,
                     data::make(also_read), x) {
  BOOST_TEST(must(parse_time(x.text)) == x.time);
}

BOOST_DATA_TEST_CASE(what_is_no_time_is_refused, data::make(bad_times), text) {
  auto why = error_of(parse_time(text));
  BOOST_TEST(why.code == ec::invalid_request);
}

BOOST_AUTO_TEST_CASE(a_time_that_is_cut_anywhere_is_refused) {
  for_each_truncation("2026-03-01T12:00:00.250Z", [](const std::string& cut) {
    BOOST_TEST(!parse_time(cut));
  });
}

BOOST_AUTO_TEST_CASE(the_years_that_400_divides_are_leap_years) {
  for (int year = 1970; year < 10'000; ++year) {
    char text[32];
    std::snprintf(text, sizeof text, "%04d-02-29T00:00:00Z", year);
    auto leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    BOOST_REQUIRE_MESSAGE(parse_time(text).has_value() == leap, text);
  }
}

BOOST_AUTO_TEST_CASE(any_time_reads_back) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 20'000; ++i) {
      auto time = static_cast<time_ms>(random.below(latest + 1));
      auto text = format_time(time);
      BOOST_REQUIRE(text.size() == 24);
      BOOST_REQUIRE_MESSAGE(must(parse_time(text)) == time, text);
    }
  }
}

BOOST_AUTO_TEST_CASE(texts_are_ordered_as_their_times) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 5'000; ++i) {
      auto a = static_cast<time_ms>(random.below(latest + 1));
      auto b = static_cast<time_ms>(random.below(latest + 1));
      BOOST_REQUIRE((a < b) == (format_time(a) < format_time(b)));
    }
  }
}

BOOST_AUTO_TEST_CASE(now_is_in_this_century) {
  BOOST_TEST(format_time(now_ms()).starts_with("20"));
}

BOOST_AUTO_TEST_CASE(a_long_text_is_not_repeated_whole) {
  auto why = error_of(parse_time(std::string(100'000, 'x')));
  BOOST_TEST(why.message.size() < 200u);
}

BOOST_AUTO_TEST_SUITE_END()
