#include "codecs/results.hpp"

#include "codecs/record.hpp"
#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

std::string small_results() {
  results_builder builder;
  builder.add(1, "{}");
  builder.add(300, "");
  return builder.take();
}

} // namespace

BOOST_AUTO_TEST_SUITE(results_test)

BOOST_AUTO_TEST_CASE(results_read_back_by_ascending_index) {
  results_builder builder;
  builder.add(7, "{\"a\":7}");
  builder.add(UINT32_MAX, "\0\xFF"s);
  builder.add(0, "");
  builder.add(200, std::string(70'000, 'x'));
  auto record = builder.take();
  auto entries = must(read_results(record));
  BOOST_REQUIRE(entries.size() == 4);
  BOOST_TEST(entries[0].index == 0u);
  BOOST_TEST(entries[0].json == "");
  BOOST_TEST(entries[1].index == 7u);
  BOOST_TEST(entries[1].json == "{\"a\":7}");
  BOOST_TEST(entries[2].index == 200u);
  BOOST_TEST(entries[2].json.size() == 70'000u);
  BOOST_TEST(entries[3].index == UINT32_MAX);
  BOOST_TEST(entries[3].json == "\0\xFF"s);
}

BOOST_AUTO_TEST_CASE(a_builder_begins_anew_after_each_record) {
  results_builder builder;
  BOOST_TEST(builder.empty());
  builder.add(1, "1");
  BOOST_TEST(!builder.empty());
  auto bytes = builder.bytes();
  BOOST_TEST(builder.take().size() == bytes);
  BOOST_TEST(builder.empty());
  builder.add(2, "2");
  auto record = builder.take();
  auto entries = must(read_results(record));
  BOOST_REQUIRE(entries.size() == 1);
  BOOST_TEST(entries[0].index == 2u);
}

BOOST_AUTO_TEST_CASE(a_record_without_results_reads_back) {
  auto record = results_builder{}.take();
  BOOST_TEST(must(read_results(record)).empty());
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_record_are_those_of_the_grammar) {
  BOOST_TEST(small_results().substr(record_header_bytes)
             == "\x01\x02{}\xAC\x02\0"s);
}

BOOST_AUTO_TEST_CASE(results_that_are_cut_anywhere_are_corrupt) {
  for_each_truncation(small_results(), [](const std::string& cut) {
    BOOST_TEST(code_of(read_results(cut)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(results_with_any_bit_changed_are_corrupt) {
  for_each_bit_flip(small_results(), [](const std::string& changed) {
    BOOST_TEST(code_of(read_results(changed)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(results_of_another_version_are_corrupt) {
  auto record = small_results();
  seal_record(record, 2);
  BOOST_TEST(code_of(read_results(record)) == ec::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(an_entry_longer_than_its_record_is_corrupt) {
  auto record = std::string(record_header_bytes, '\0') + "\x01\x05{}";
  seal_record(record, 1);
  BOOST_TEST(code_of(read_results(record)) == ec::storage_corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
