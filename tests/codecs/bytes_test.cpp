#include "codecs/bytes.hpp"

#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

template <class Unsigned>
std::string big_endian(Unsigned x) {
  std::string out;
  append_big_endian(out, x);
  return out;
}

std::string varint(uint64_t x) {
  std::string out;
  append_varint(out, x);
  return out;
}

struct varint_row {
  uint64_t number;
  std::string bytes;
};

std::ostream& operator<<(std::ostream& out, const varint_row& x) {
  return out << x.number;
}

const std::vector<varint_row> varints{
  {0, "\0"s},
  {1, "\x01"},
  {0x7F, "\x7F"},
  {0x80, "\x80\x01"},
  {300, "\xAC\x02"},
  {0x3FFF, "\xFF\x7F"},
  {0x4000, "\x80\x80\x01"},
  {UINT32_MAX, "\xFF\xFF\xFF\xFF\x0F"},
  {UINT64_MAX, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(bytes_test)

BOOST_AUTO_TEST_CASE(big_endian_bytes_are_ordered_as_their_numbers) {
  BOOST_TEST(big_endian<uint32_t>(0x01020304) == "\x01\x02\x03\x04");
  BOOST_TEST(big_endian<uint16_t>(0xFF00) == "\xFF\0"s);
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_source random{seed};
    for (int i = 0; i < 10'000; ++i) {
      auto a = random.bits() >> random.below(64);
      auto b = random.bits() >> random.below(64);
      BOOST_REQUIRE((a < b) == (big_endian(a) < big_endian(b)));
      BOOST_REQUIRE(read_big_endian<uint64_t>(big_endian(a)) == a);
      auto narrow = static_cast<uint16_t>(a);
      BOOST_REQUIRE(read_big_endian<uint16_t>(big_endian(narrow)) == narrow);
    }
  }
}

BOOST_DATA_TEST_CASE(a_varint_has_the_bytes_of_leb128, data::make(varints), x) {
  BOOST_TEST(varint(x.number) == x.bytes);
  byte_reader reader{x.bytes};
  BOOST_TEST(reader.varint() == x.number);
  BOOST_TEST((reader.ok() && reader.at_end()));
}

BOOST_AUTO_TEST_CASE(every_size_of_varint_reads_back) {
  for (int bit = 0; bit < 64; ++bit)
    for (uint64_t x : {uint64_t{1} << bit, (uint64_t{1} << bit) - 1}) {
      auto bytes = varint(x);
      byte_reader reader{bytes};
      BOOST_TEST(reader.varint() == x);
      BOOST_TEST((reader.ok() && reader.at_end()));
    }
}

BOOST_AUTO_TEST_CASE(a_varint_that_is_cut_or_has_no_end_is_not_read) {
  for_each_truncation(varint(UINT64_MAX), [](const std::string& cut) {
    byte_reader reader{cut};
    BOOST_TEST(reader.varint() == 0u);
    BOOST_TEST(!reader.ok());
  });
  byte_reader endless{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"};
  BOOST_TEST(endless.varint() == 0u);
  BOOST_TEST(!endless.ok());
}

BOOST_AUTO_TEST_CASE(a_mixed_record_is_read_in_the_order_it_was_written) {
  std::string bytes;
  append_fixed(bytes, uint8_t{7});
  append_string(bytes, "a\0b"s);
  append_fixed(bytes, -1.5);
  append_fixed(bytes, uint32_t{0x01020304});
  append_string(bytes, "");
  bytes += "rest";
  BOOST_TEST(bytes.substr(13, 4) == "\x04\x03\x02\x01");
  byte_reader reader{bytes};
  BOOST_TEST(reader.fixed<uint8_t>() == 7);
  BOOST_TEST(reader.string() == "a\0b"s);
  BOOST_TEST(reader.fixed<double>() == -1.5);
  BOOST_TEST(reader.fixed<uint32_t>() == 0x01020304u);
  BOOST_TEST(reader.string() == "");
  BOOST_TEST(reader.rest() == "rest");
  BOOST_TEST(reader.take(4) == "rest");
  BOOST_TEST((reader.ok() && reader.at_end()));
}

BOOST_AUTO_TEST_CASE(after_a_read_beyond_the_end_every_answer_is_empty) {
  byte_reader reader{"\x01\x02\x03"};
  BOOST_TEST(reader.take(4).empty());
  BOOST_TEST(!reader.ok());
  BOOST_TEST(reader.fixed<uint8_t>() == 0);
  BOOST_TEST(reader.varint() == 0u);
  BOOST_TEST(reader.string().empty());
  BOOST_TEST(reader.rest().empty());
  BOOST_TEST(!reader.ok());
}

BOOST_AUTO_TEST_CASE(a_string_longer_than_the_record_is_not_read) {
  for (auto size : {uint64_t{4}, uint64_t{UINT32_MAX}, UINT64_MAX}) {
    auto bytes = varint(size) + "abc";
    byte_reader reader{bytes};
    BOOST_TEST(reader.string().empty());
    BOOST_TEST(!reader.ok());
  }
}

BOOST_AUTO_TEST_SUITE_END()
