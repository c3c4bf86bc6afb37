// What the limits promise each other, tried out where a sum would not show it.
#include "codecs/limits.hpp"

#include "codecs/dead_letter.hpp"
#include "codecs/job.hpp"
#include "codecs/job_options.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "tests/codecs/checks.hpp"

using namespace batch;
using namespace batch::test;

namespace {

/// Attempts of an item with as many retries as can be asked for.
attempt_list most_attempts() {
  auto most = must(parse_job_options(R"({"maxRetries":10})")).retries_max;
  BOOST_TEST(1 + most <= attempts_kept_max);
  attempt_list attempts;
  for (size_t i = 0; i < 2 * attempts_kept_max; ++i)
    attempts.add({INT64_MAX, ec::internal, std::string(message_bytes_max, 'm'),
                  std::string(worker_name_bytes_max, 'w'),
                  std::string(worker_name_bytes_max, 'n')});
  return attempts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_test)

BOOST_AUTO_TEST_CASE(the_largest_item_fits_into_a_value_as_a_dead_letter) {
  dead_letter x;
  x.message = std::string(message_bytes_max, 'm');
  x.ns = std::string(ns_bytes_max, 'n');
  x.origin = std::string(64, 'o');
  x.attempts = most_attempts();
  x.payload = std::string(item_bytes_max, 'p');
  BOOST_TEST(encode_record(x).size() <= value_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_largest_item_fits_into_a_value_as_a_thing) {
  BOOST_TEST(stamp_bytes + item_bytes_max <= value_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_largest_specification_fits_into_a_value) {
  job_spec x;
  x.options = std::string(options_bytes_max, 'o');
  x.input = std::string(options_bytes_max, 'i');
  BOOST_TEST(encode_record(x).size() <= value_bytes_max);
}

BOOST_AUTO_TEST_CASE(an_item_with_most_attempts_fits_into_a_value) {
  BOOST_TEST(encode_record(pending_item{most_attempts(), 0, 0, 0}).size()
             <= value_bytes_max);
}

BOOST_AUTO_TEST_CASE(a_write_holds_the_outcome_of_a_chunk) {
  // A worker stops once it is over the limit: one more effect can come.
  BOOST_TEST(outcome_bytes_max + 2 * value_bytes_max <= batch_bytes_max);
  BOOST_TEST(chunk_items_max <= batch_entries_max);
  BOOST_TEST(value_bytes_max <= batch_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_index_of_an_item_fits_into_32_bits) {
  BOOST_TEST(job_items_max < UINT32_MAX);
}

BOOST_AUTO_TEST_CASE(what_is_given_by_default_is_within_the_limit) {
  BOOST_TEST(chunk_items_default <= chunk_items_max);
  BOOST_TEST(page_rows_default <= page_rows_max);
  BOOST_TEST(json_body_bytes_max <= json_bodies_bytes_max);
  BOOST_TEST(item_bytes_max <= json_body_bytes_max);
  BOOST_TEST(item_bytes_max <= chunk_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_limits_of_the_contract_are_kept) {
  BOOST_TEST(ns_bytes_max == 128u);
  BOOST_TEST(id_bytes_max == 512u);
  BOOST_TEST(chunk_items_default == 100u);
  BOOST_TEST(chunk_items_max == 1000u);
  BOOST_TEST(json_body_bytes_max == 64u << 20);
  BOOST_TEST(inline_errors_max == 100u);
  BOOST_TEST(inline_results_max == 1000u);
  BOOST_TEST(page_rows_max == 500u);
}

BOOST_AUTO_TEST_SUITE_END()
