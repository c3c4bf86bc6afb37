#include "storage/keys.hpp"

#include "codecs/limits.hpp"
#include "tests/storage/stores.hpp"

#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace data = boost::unit_test::data;

namespace {

bool holds(const keys::range& x, const std::string& key) {
  return x.from <= key && key < x.to;
}

// The borders of the bytes of a number.
const uint64_t job_numbers[]
  = {1, 2, 0xFF, 0x100, 0xFFFF'FFFF, 0x1'0000'0000, UINT64_MAX - 1};

} // namespace

BOOST_AUTO_TEST_SUITE(keys_test)

BOOST_AUTO_TEST_CASE(a_prefix_that_ends_in_0xff_has_an_end) {
  auto x = keys::with_prefix("a\xFF\xFF"s);
  BOOST_TEST(x.to == "b");
  BOOST_TEST(holds(x, "a\xFF\xFF\xFF\xFF"s));
  BOOST_TEST(!holds(x, "a\xFF\xFE"s));
}

BOOST_DATA_TEST_CASE(a_job_owns_its_keys_and_no_others, data::make(job_numbers),
                     job) {
  auto all = keys::of_job(job);
  BOOST_TEST(holds(all, keys::chunk(job, 0)));
  BOOST_TEST(holds(all, keys::chunk(job, UINT32_MAX)));
  BOOST_TEST(holds(all, keys::result(job, UINT32_MAX, UINT16_MAX, UINT16_MAX)));
  BOOST_TEST(!holds(all, keys::chunk(job - 1, UINT32_MAX)));
  BOOST_TEST(!holds(all, keys::chunk(job + 1, 0)));
}

BOOST_DATA_TEST_CASE(a_newer_job_is_listed_first, data::make(job_numbers),
                     job) {
  BOOST_TEST(keys::job_spec(job + 1) < keys::job_spec(job));
  BOOST_TEST(keys::job_by_status(3, job + 1) < keys::job_by_status(3, job));
  BOOST_TEST(keys::job_of_listed(keys::job_spec(job)) == job);
  BOOST_TEST(keys::job_of_listed(keys::job_by_status(3, job)) == job);
  BOOST_TEST(holds(keys::job_specs(), keys::job_spec(job)));
}

BOOST_AUTO_TEST_CASE(a_list_of_one_status_has_no_other_rows) {
  auto queued = keys::jobs_by_status(0);
  BOOST_TEST(holds(queued, keys::job_by_status(0, 7)));
  BOOST_TEST(!holds(queued, keys::job_by_status(1, 7)));
  BOOST_TEST(holds(keys::jobs_by_status(0xFF), keys::job_by_status(0xFF, 7)));
}

BOOST_AUTO_TEST_CASE(the_kinds_of_job_rows_do_not_meet) {
  auto specs = keys::job_specs();
  BOOST_TEST(!holds(specs, keys::job_progress(1)));
  BOOST_TEST(!holds(specs, keys::job_by_id({})));
  BOOST_TEST(!holds(specs, keys::idempotency(std::string(64, 'x'))));
  BOOST_TEST(!holds(specs, keys::job_by_status(0, 1)));
}

BOOST_AUTO_TEST_CASE(the_numbers_in_a_key_are_read_back) {
  auto key = keys::chunk(0x0102030405060708, 0x0A0B0C0D);
  BOOST_TEST(key == "\x01\x02\x03\x04\x05\x06\x07\x08\x0A\x0B\x0C\x0D"s);
  BOOST_TEST(keys::job_of(key) == 0x0102030405060708u);
  BOOST_TEST(keys::chunk_of(key) == 0x0A0B0C0Du);
  BOOST_TEST(keys::item_of(keys::dead_item(1, 77)) == 77u);
}

BOOST_AUTO_TEST_CASE(pending_items_stand_right_behind_the_mark_of_their_chunk) {
  auto mark = keys::chunk(5, 3);
  auto first = keys::pending(5, 3, 0);
  BOOST_TEST(!keys::is_pending(mark));
  BOOST_TEST(keys::is_pending(first));
  BOOST_TEST((mark < first && first < keys::pending(5, 3, 1)));
  BOOST_TEST((keys::pending(5, 3, UINT32_MAX) < keys::chunk(5, 4)));
  BOOST_TEST(keys::pending_offset(keys::pending(5, 3, 77)) == 77u);
}

BOOST_AUTO_TEST_CASE(results_of_a_chunk_are_ordered_by_round_and_part) {
  BOOST_TEST((keys::result(5, 2, UINT16_MAX, 0) < keys::result(5, 3, 1, 0)));
  BOOST_TEST((keys::result(5, 3, 1, UINT16_MAX) < keys::result(5, 3, 2, 0)));
  BOOST_TEST(keys::chunk_of(keys::result(5, 3, 1, 0)) == 3u);
}

BOOST_AUTO_TEST_CASE(a_namespace_does_not_reach_into_a_longer_name) {
  auto ns = keys::of_namespace("shop");
  BOOST_TEST(holds(ns, keys::named("shop", "1")));
  BOOST_TEST(holds(ns, keys::named("shop", "\xFF\xFF")));
  BOOST_TEST(!holds(ns, keys::named("shop2", "1")));
  BOOST_TEST(!holds(ns, keys::named("sho", "p")));
  BOOST_TEST(keys::id_of(keys::named("shop", "1")) == "1");
}

BOOST_AUTO_TEST_CASE(links_of_an_end_are_found_with_and_without_type) {
  auto key = keys::link('o', "shop", "1", "likes", keys::named("shop", "r"));
  BOOST_TEST(holds(keys::links('o', "shop", "1", ""), key));
  BOOST_TEST(holds(keys::links('o', "shop", "1", "likes"), key));
  BOOST_TEST(!holds(keys::links('o', "shop", "1", "like"), key));
  BOOST_TEST(!holds(keys::links('i', "shop", "1", ""), key));
  BOOST_TEST(!holds(keys::links('o', "shop", "", ""), key));
  BOOST_TEST(!holds(keys::links('o', "shop", "12", ""), key));
}

BOOST_AUTO_TEST_CASE(links_of_two_relationships_differ) {
  BOOST_TEST(keys::link('o', "n", "1", "t", keys::named("n", "r"))
             != keys::link('o', "n", "1", "t", keys::named("n", "s")));
}

BOOST_AUTO_TEST_CASE(the_hash_in_a_link_is_what_is_on_disk_already) {
  // XXH3-128 of "n\0r" in canonical form: it must never change.
  auto key = keys::link('o', "n", "1", "t", keys::named("n", "r"));
  std::string hex;
  for (unsigned char byte : key.substr(key.size() - 16)) {
    constexpr auto digits = "0123456789abcdef";
    hex += {digits[byte >> 4], digits[byte & 15]};
  }
  BOOST_TEST(hex == "3636159a59afe29473a0173d5c722912");
}

BOOST_AUTO_TEST_CASE(the_longest_names_fit_into_a_key) {
  std::string ns(ns_bytes_max, 'n');
  std::string id(id_bytes_max, 'i');
  std::string type(type_bytes_max, 't');
  auto key = keys::link('i', ns, id, type, keys::named(ns, id));
  BOOST_TEST(key.size() <= key_bytes_max);
}

BOOST_AUTO_TEST_SUITE_END()
