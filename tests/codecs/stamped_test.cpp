#include "codecs/stamped.hpp"

#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

std::string stamped(uint64_t job, uint32_t item, const std::string& text) {
  auto stamp = make_stamp(job, item, text);
  return std::string{stamp.data(), stamp.size()} + text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stamped_test)

BOOST_AUTO_TEST_CASE(a_text_reads_back_with_its_job_and_item) {
  for (auto& text : {""s, "{\"ns\":\"a\"}"s, "\0\xFF"s, std::string(5000, 'x')})
    for (uint64_t job : {uint64_t{0}, uint64_t{1} << 40, UINT64_MAX})
      for (uint32_t item : {0u, 1u, UINT32_MAX}) {
        auto record = stamped(job, item, text);
        auto x = must(read_stamped(record));
        BOOST_TEST(x.job == job);
        BOOST_TEST(x.item == item);
        BOOST_TEST(x.text == text);
      }
}

BOOST_AUTO_TEST_CASE(the_stamp_stands_in_the_order_of_the_grammar) {
  auto record = stamped(0x0102030405060708, 0x0A0B0C0D, "x");
  BOOST_TEST(record.substr(0, 13)
             == "\x01\x08\x07\x06\x05\x04\x03\x02\x01\x0D\x0C\x0B\x0A");
  BOOST_TEST(record.substr(stamp_bytes) == "x");
}

BOOST_AUTO_TEST_CASE(a_record_that_is_cut_anywhere_is_corrupt) {
  for_each_truncation(stamped(7, 8, "{\"a\":1}"), [](const std::string& cut) {
    BOOST_TEST(code_of(read_stamped(cut)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(a_record_with_any_bit_changed_is_corrupt) {
  for (auto& text : {""s, "{\"a\":1}"s})
    for_each_bit_flip(stamped(7, 8, text), [](const std::string& changed) {
      BOOST_TEST(code_of(read_stamped(changed)) == ec::storage_corrupt);
    });
}

BOOST_AUTO_TEST_CASE(a_record_that_grew_is_corrupt) {
  BOOST_TEST(code_of(read_stamped(stamped(7, 8, "{}") + " "))
             == ec::storage_corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
