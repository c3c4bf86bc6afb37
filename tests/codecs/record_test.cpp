#include "codecs/record.hpp"

#include "tests/codecs/checks.hpp"

#include <cmath>
#include <limits>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

enum class colour : uint16_t { red = 1, late = 60'000 };

struct leaf {
  int16_t number = 0;
  std::string name;

  bool operator==(const leaf&) const = default;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.number, x.name);
  }
};

/// One field of every kind.
struct tree {
  static constexpr uint8_t record_version = 3;

  bool flag = false;
  colour paint = colour::red;
  double wide = 0;
  float narrow = 0;
  int8_t tiny = 0;
  int64_t below = 0;
  uint64_t above = 0;
  std::string text;
  std::optional<leaf> perhaps;
  std::optional<std::string> nothing;
  std::vector<leaf> leaves;
  std::array<uint32_t, 3> three{};
  std::map<std::string, int32_t> names;

  bool operator==(const tree&) const = default;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.flag, x.paint, x.wide, x.narrow, x.tiny, x.below, x.above, x.text,
          x.perhaps, x.nothing, x.leaves, x.three, x.names);
  }
};

tree full_tree() {
  tree x;
  x.flag = true;
  x.paint = colour::late;
  x.wide = -std::numeric_limits<double>::infinity();
  x.narrow = std::numeric_limits<float>::denorm_min();
  x.tiny = INT8_MIN;
  x.below = INT64_MIN;
  x.above = UINT64_MAX;
  x.text = "\0\xFF\xC3"s;
  x.perhaps = leaf{INT16_MIN, "l"};
  x.leaves = {leaf{INT16_MAX, ""}, leaf{-1, std::string(300, 'x')}, leaf{}};
  x.three = {0, 1, UINT32_MAX};
  x.names = {{"", INT32_MIN}, {"a", INT32_MAX}, {"b", 0}};
  return x;
}

/// Only numbers, so that its bytes can be written down.
struct small {
  static constexpr uint8_t record_version = 9;

  uint32_t count = 0;
  int32_t change = 0;
  std::string name;
  std::vector<uint16_t> list;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.count, x.change, x.name, x.list);
  }
};

struct later_small : small {
  static constexpr uint8_t record_version = 10;
};

std::string sealed(uint8_t version, const std::string& fields) {
  auto record = std::string(record_header_bytes, '\0') + fields;
  seal_record(record, version);
  return record;
}

} // namespace

BOOST_AUTO_TEST_SUITE(record_test)

BOOST_AUTO_TEST_CASE(the_checksum_is_the_lower_half_of_xxh3) {
  BOOST_TEST(checksum_of("") == 0x38D394C2u);
  BOOST_TEST(checksum_of("abc") == 0x892F3950u);
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_record_are_those_of_the_grammar) {
  auto record = encode_record(small{300, -2, "ab", {1, 200}});
  auto fields = "\xAC\x02\x03\x02"
                "ab\x02\x01\xC8\x01"s;
  BOOST_TEST(record.substr(record_header_bytes) == fields);
  std::string header{9};
  append_fixed(header, checksum_of(fields));
  BOOST_TEST(record.substr(0, record_header_bytes) == header);
}

BOOST_AUTO_TEST_CASE(every_kind_of_field_reads_back) {
  for (auto& x : {tree{}, full_tree()})
    BOOST_TEST((must(decode_record<tree>(encode_record(x))) == x));
}

BOOST_AUTO_TEST_CASE(a_nan_reads_back_as_one) {
  tree x;
  x.wide = std::nan("");
  BOOST_TEST(std::isnan(must(decode_record<tree>(encode_record(x))).wide));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_cut_anywhere_is_corrupt) {
  for_each_truncation(encode_record(full_tree()), [](const std::string& cut) {
    BOOST_TEST(code_of(decode_record<tree>(cut)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(a_record_with_any_bit_changed_is_corrupt) {
  for_each_bit_flip(encode_record(full_tree()), [](const std::string& x) {
    BOOST_TEST(code_of(decode_record<tree>(x)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(a_record_of_another_version_is_corrupt_and_says_so) {
  auto why = error_of(decode_record<later_small>(encode_record(small{})));
  BOOST_TEST(why.code == ec::storage_corrupt);
  BOOST_TEST(why.message == "a record has version 9, expected 10");
}

BOOST_AUTO_TEST_CASE(a_record_with_more_than_its_fields_is_corrupt) {
  BOOST_TEST(decode_record<small>(sealed(9, "\0\0\0\0"s)).has_value());
  BOOST_TEST(code_of(decode_record<small>(sealed(9, "\0\0\0\0\0"s)))
             == ec::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(a_record_with_fewer_than_its_fields_is_corrupt) {
  for_each_truncation("\0\0\0\0"s, [](const std::string& fields) {
    BOOST_TEST(code_of(decode_record<small>(sealed(9, fields)))
               == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(a_count_that_lies_is_corrupt_and_costs_nothing) {
  auto endless = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"s;
  for (auto& fields : {"\0\0"s + endless, "\0\0\0"s + endless})
    BOOST_TEST(code_of(decode_record<small>(sealed(9, fields)))
               == ec::storage_corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
