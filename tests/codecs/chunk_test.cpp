#include "codecs/chunk.hpp"

#include "codecs/record.hpp"
#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

chunk_builder submitted(uint32_t items_max = 100) {
  return {items_max, item_source::submitted};
}

std::string small_chunk() {
  auto builder = submitted();
  builder.add("{\"a\":1}");
  builder.add_refused({ec::invalid_json, "not JSON"}, "{");
  return builder.take();
}

} // namespace

BOOST_AUTO_TEST_SUITE(chunk_test)

BOOST_AUTO_TEST_CASE(items_read_back_in_order_with_their_faults) {
  chunk_builder builder{100, item_source::stored_things};
  builder.add("1");
  builder.add_refused({ec::item_too_large, "too \"large\"", "/ns"}, "{\"a");
  builder.add("");
  builder.add_refused({ec::invalid_json, ""}, "");
  builder.add("\0\xFF\n"s);
  auto x = must(chunk::read(builder.take()));
  BOOST_TEST(x.first_item() == 0u);
  BOOST_TEST((x.source() == item_source::stored_things));
  BOOST_REQUIRE(x.items().size() == 5);
  BOOST_TEST(x.items()[0].text == "1");
  BOOST_TEST(!x.items()[0].fault.has_value());
  BOOST_TEST((x.items()[1].fault == ec::item_too_large));
  BOOST_TEST(x.items()[1].fault_message == "too \"large\"");
  BOOST_TEST(x.items()[1].text == "{\"a");
  BOOST_TEST(x.items()[2].text == "");
  BOOST_TEST((x.items()[3].fault == ec::invalid_json));
  BOOST_TEST(x.items()[3].fault_message == "");
  BOOST_TEST(x.items()[4].text == "\0\xFF\n"s);
}

BOOST_AUTO_TEST_CASE(chunks_count_on_where_the_last_one_ended) {
  auto builder = submitted();
  for (uint32_t first : {0u, 3u, 6u}) {
    for (auto text : {"1", "2", "3"})
      builder.add(text);
    BOOST_TEST(builder.total() == first + 3);
    auto x = must(chunk::read(builder.take()));
    BOOST_TEST(x.first_item() == first);
    BOOST_TEST(x.items().size() == 3u);
    BOOST_TEST(builder.empty());
  }
  builder.add_refused({ec::invalid_json, "x"}, "");
  BOOST_TEST(builder.total() == 10u);
}

BOOST_AUTO_TEST_CASE(a_chunk_without_items_reads_back) {
  auto builder = submitted();
  BOOST_TEST(must(chunk::read(builder.take())).items().empty());
}

BOOST_AUTO_TEST_CASE(a_chunk_is_full_by_the_number_of_its_items) {
  auto builder = submitted(2);
  BOOST_TEST(!builder.is_full_for(1));
  builder.add("1");
  BOOST_TEST(!builder.is_full_for(1));
  builder.add_refused({ec::invalid_json, "x"}, "2");
  BOOST_TEST(builder.is_full_for(0));
  builder.take();
  BOOST_TEST(!builder.is_full_for(1));
}

BOOST_AUTO_TEST_CASE(a_chunk_is_full_by_its_bytes_but_takes_one_item_always) {
  auto builder = submitted();
  std::string largest(item_bytes_max, 'x');
  BOOST_TEST(!builder.is_full_for(largest.size()));
  builder.add(largest);
  BOOST_TEST(builder.is_full_for(largest.size()));
  BOOST_TEST(!builder.is_full_for(1000));
  auto record = builder.take();
  BOOST_TEST(record.size() <= value_bytes_max);
  BOOST_TEST((must(chunk::read(record)).items()[0].text == largest));
}

BOOST_AUTO_TEST_CASE(a_full_chunk_fits_into_a_value_whatever_its_items) {
  const error why{ec::invalid_json, std::string(message_bytes_max, 'm')};
  for (size_t text_bytes : {0, 1, 127, 128, 1000, 100'000, 500'000})
    for (bool refused : {false, true}) {
      auto builder = submitted(chunk_items_max);
      std::string text(text_bytes, 'x');
      while (!builder.is_full_for(text.size()))
        refused ? builder.add_refused(why, text) : builder.add(text);
      auto count = builder.total();
      auto record = builder.take();
      BOOST_TEST(record.size() <= value_bytes_max);
      BOOST_TEST(must(chunk::read(record)).items().size() == count);
    }
}

BOOST_AUTO_TEST_CASE(the_views_of_a_chunk_survive_its_move) {
  auto x = must(chunk::read(small_chunk()));
  auto moved = std::move(x);
  auto other = must(chunk::read(small_chunk()));
  other = std::move(moved);
  BOOST_TEST(other.items()[0].text == "{\"a\":1}");
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_chunk_are_those_of_the_grammar) {
  auto fields = "\0\0\x02"
                "\0\x07{\"a\":1}"
                "\x02\x08not JSON\x01{"s;
  BOOST_TEST(small_chunk().substr(record_header_bytes) == fields);
  BOOST_TEST(small_chunk()[0] == 2);
}

BOOST_AUTO_TEST_CASE(a_chunk_that_is_cut_anywhere_is_corrupt) {
  for_each_truncation(small_chunk(), [](const std::string& cut) {
    BOOST_TEST(code_of(chunk::read(cut)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(a_chunk_with_any_bit_changed_is_corrupt) {
  for_each_bit_flip(small_chunk(), [](const std::string& changed) {
    BOOST_TEST(code_of(chunk::read(changed)) == ec::storage_corrupt);
  });
}

BOOST_AUTO_TEST_CASE(a_chunk_of_another_version_is_corrupt) {
  auto record = small_chunk();
  seal_record(record, 1);
  BOOST_TEST(code_of(chunk::read(record)) == ec::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(a_chunk_with_the_wrong_number_of_items_is_corrupt) {
  constexpr size_t count_at = record_header_bytes + 2;
  for (char count : {'\x00', '\x01', '\x03', '\x7F'}) {
    auto record = small_chunk();
    record[count_at] = count;
    seal_record(record, 2);
    BOOST_TEST(code_of(chunk::read(record)) == ec::storage_corrupt);
  }
}

BOOST_AUTO_TEST_CASE(items_that_were_dead_letters_say_which) {
  chunk_builder builder{100, item_source::dead_letters};
  builder.add("1", {7, 3});
  builder.add("{}", {UINT64_MAX, UINT32_MAX});
  auto read = must(chunk::read(builder.take()));
  BOOST_TEST((read.source() == item_source::dead_letters));
  BOOST_REQUIRE_EQUAL(read.items().size(), 2u);
  BOOST_TEST((read.items()[0].letter == item_position{7, 3}));
  BOOST_TEST((read.items()[1].letter == item_position{UINT64_MAX, UINT32_MAX}));
  BOOST_TEST(read.items()[1].text == "{}");
}

BOOST_AUTO_TEST_SUITE_END()
