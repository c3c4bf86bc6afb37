#include "codecs/ids.hpp"

#include "tests/codecs/checks.hpp"
#include "tests/codecs/random_source.hpp"

#include <set>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

using clock_time = std::chrono::system_clock::time_point;

clock_time at_ms(int64_t ms) {
  return clock_time{std::chrono::milliseconds{ms}};
}

std::array<uint8_t, 10> ten(uint8_t byte) {
  std::array<uint8_t, 10> x;
  x.fill(byte);
  return x;
}

const std::vector<std::string> bad_ids{
  "",
  "018f4e2a",
  "018f4e2a-7c3d-7b1e-9a55-0242ac12000",
  "018f4e2a-7c3d-7b1e-9a55-0242ac1200022",
  "018f4e2a7c3d7b1e9a550242ac120002",
  "018f4e2a-7c3d-7b1e-9a55-0242ac12000g",
  "018f4e2a-7c3d-7b1e-9a55-0242ac12000 ",
  " 18f4e2a-7c3d-7b1e-9a55-0242ac120002",
  "018f4e2a 7c3d 7b1e 9a55 0242ac120002",
  "018f4e2-a7c3d-7b1e-9a55-0242ac120002",
  "018f4e2a-7c3d-7b1e-9a5-50242ac120002",
  "018f4e2a-7c3d-7b1e-9a55-0242ac12-002",
  "{18f4e2a-7c3d-7b1e-9a55-0242ac12000}",
  "018f4e2a-7c3d-7b1e-9a55-0242ac12000\0"s,
  "018f4e2a-7c3d-7b1e-9a55-0242ac1200\xC3\xA9",
  "0x8f4e2a-7c3d-7b1e-9a55-0242ac120002",
};

} // namespace

BOOST_AUTO_TEST_SUITE(ids_test)

BOOST_AUTO_TEST_CASE(an_id_has_the_layout_of_uuid_version_7) {
  auto zeros = make_job_id(at_ms(0x018F4E2A7C3D), ten(0));
  BOOST_TEST(to_string(zeros) == "018f4e2a-7c3d-7000-8000-000000000000");
  auto ones = make_job_id(at_ms(0x018F4E2A7C3D), ten(0xFF));
  BOOST_TEST(to_string(ones) == "018f4e2a-7c3d-7fff-bfff-ffffffffffff");
}

BOOST_AUTO_TEST_CASE(the_id_of_the_standard_is_made_again) {
  // RFC 9562, appendix A.6: 2022-02-22T14:22:22-05:00.
  auto id = make_job_id(at_ms(1645557742000), {0x0C, 0xC3, 0x18, 0xC4, 0xDC,
                                               0x0C, 0x0C, 0x07, 0x39, 0x8F});
  BOOST_TEST(to_string(id) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

BOOST_AUTO_TEST_CASE(ids_of_later_times_are_greater_as_ids_bytes_and_texts) {
  job_id before = make_job_id(at_ms(0), ten(0xFF));
  for (int64_t ms : {int64_t{1}, int64_t{255}, int64_t{256}, int64_t{65536},
                     int64_t{1} << 40, (int64_t{1} << 43) - 1}) {
    auto id = make_job_id(at_ms(ms), ten(0));
    BOOST_TEST((before < id));
    BOOST_TEST((before.view() < id.view()));
    BOOST_TEST(to_string(before) < to_string(id));
    before = make_job_id(at_ms(ms), ten(0xFF));
  }
}

BOOST_AUTO_TEST_CASE(ids_made_by_the_system_differ_and_are_of_version_7) {
  std::set<job_id> ids;
  for (int i = 0; i < 10'000; ++i) {
    auto id = make_job_id();
    BOOST_REQUIRE(id.bytes[6] >> 4 == 7);
    BOOST_REQUIRE(id.bytes[8] >> 6 == 2);
    BOOST_REQUIRE(ids.insert(id).second);
  }
}

BOOST_AUTO_TEST_CASE(an_id_reads_back_in_either_case) {
  random_source random{7};
  for (int i = 0; i < 1'000; ++i) {
    job_id id;
    for (auto& byte : id.bytes)
      byte = static_cast<uint8_t>(random.bits());
    auto text = to_string(id);
    BOOST_REQUIRE((must(parse_job_id(text)) == id));
    for (auto& c : text)
      c = static_cast<char>(std::toupper(c));
    BOOST_REQUIRE((must(parse_job_id(text)) == id));
  }
}

BOOST_DATA_TEST_CASE(what_is_no_id_is_refused, data::make(bad_ids), text) {
  auto why = error_of(parse_job_id(text));
  BOOST_TEST(why.code == ec::invalid_request);
}

BOOST_AUTO_TEST_CASE(a_random_id_is_32_hexadecimal_digits) {
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) {
    auto id = random_hex_id();
    BOOST_REQUIRE(id.size() == 32);
    BOOST_REQUIRE(id.find_first_not_of("0123456789abcdef") == id.npos);
    BOOST_REQUIRE(ids.insert(id).second);
  }
}

BOOST_AUTO_TEST_SUITE_END()
