// The records of job.hpp. Each is compared field by field through a structured
// binding: a new field that is not in `fields` breaks the build or the test.
#include "codecs/job.hpp"

#include "codecs/dead_letter.hpp"
#include "codecs/limits.hpp"
#include "codecs/record.hpp"
#include "tests/codecs/checks.hpp"

#include <bit>
#include <tuple>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace batch {

bool operator==(const attempt& a, const attempt& b) {
  auto tied = [](const attempt& x) {
    auto& [at, code, message, worker, node] = x;
    return std::tie(at, code, message, worker, node);
  };
  return tied(a) == tied(b);
}

bool operator==(const attempt_list& a, const attempt_list& b) {
  auto tied = [](const attempt_list& x) {
    auto& [kept, count] = x;
    return std::tie(kept, count);
  };
  return tied(a) == tied(b);
}

bool operator==(const type_counters& a, const type_counters& b) {
  auto tied = [](const type_counters& x) {
    auto& [jobs, completed, failed, processed, items_failed] = x;
    return std::tie(jobs, completed, failed, processed, items_failed);
  };
  return tied(a) == tied(b);
}

} // namespace batch

namespace {

auto tied(const job_spec& x) {
  auto& [number, id, type, total, chunks, created_at, options, input] = x;
  return std::tie(number, id, type, total, chunks, created_at, options, input);
}

auto tied(const job_progress& x) {
  auto& [status, state, processed, failed, not_started, retrying, started_at,
         updated_at, finished_at, reason]
    = x;
  return std::tie(status, state, processed, failed, not_started, retrying,
                  started_at, updated_at, finished_at, reason);
}

auto tied(const chunk_mark& x) {
  auto& [processed, failed, pending, rounds] = x;
  return std::tie(processed, failed, pending, rounds);
}

auto tied(const pending_item& x) {
  auto& [attempts, tries, losses, piece] = x;
  return std::tie(attempts, tries, losses, piece);
}

auto tied(const job_control& x) {
  auto& [paused, cancelled, released, priority, concurrency] = x;
  return std::tie(paused, cancelled, released, priority, concurrency);
}

auto tied(const retried_item& x) {
  auto& [index, failures] = x;
  return std::tie(index, failures);
}

auto tied(const dead_letter& x) {
  auto& [type, job, code, message, failed_at, attempts, payload, ns, origin,
         place, purged]
    = x;
  return std::tie(type, job, code, message, failed_at, attempts, payload, ns,
                  origin, place, purged);
}

auto tied(const embedding& x) {
  auto& [model, text_hash, created_at, vector] = x;
  return std::tie(model, text_hash, created_at, vector);
}

auto tied(const idempotency_record& x) {
  auto& [fingerprint, id, expires_at] = x;
  return std::tie(fingerprint, id, expires_at);
}

auto tied(const service_counters& x) {
  auto& [next_job, jobs, items, dead_letters, kept_items, by_type] = x;
  return std::tie(next_job, jobs, items, dead_letters, kept_items, by_type);
}

/// Holds a struct against its record: it reads back, and no change of it goes
/// unnoticed.
template <class T>
void check_record(const T& x) {
  auto record = encode_record(x);
  BOOST_TEST((tied(must(decode_record<T>(record))) == tied(x)));
  for_each_truncation(record, [](const std::string& cut) {
    BOOST_TEST(code_of(decode_record<T>(cut)) == ec::storage_corrupt);
  });
  for_each_bit_flip(record, [](const std::string& changed) {
    BOOST_TEST(code_of(decode_record<T>(changed)) == ec::storage_corrupt);
  });
}

const attempt_list some_attempts{
  {{INT64_MAX, ec::idempotency_mismatch, "\0\xFF"s, "embed-2", "here"},
   {},
   {INT64_MIN, ec::invalid_request, "", std::string(200, 'w'), "\n"}},
  UINT32_MAX};

} // namespace

BOOST_AUTO_TEST_SUITE(job_test)

BOOST_AUTO_TEST_CASE(a_spec_reads_back) {
  check_record(job_spec{});
  job_spec x;
  x.number = UINT64_MAX;
  x.id.bytes.fill(0xFF);
  x.type = job_type::transform_data;
  x.total = UINT32_MAX;
  x.chunks = UINT32_MAX;
  x.created_at = INT64_MAX;
  x.options = R"({"priority":10})";
  x.input = "\0"s;
  check_record(x);
  x.type = {job_type::custom, "resize-images"};
  check_record(x);
}

BOOST_AUTO_TEST_CASE(a_progress_reads_back) {
  check_record(job_progress{});
  check_record(job_progress{job_status::failed, job_state::cancelled,
                            UINT32_MAX, 1, 2, 3, INT64_MIN, -1, INT64_MAX,
                            "why"});
}

BOOST_AUTO_TEST_CASE(a_chunk_mark_reads_back) {
  check_record(chunk_mark{});
  check_record(chunk_mark{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT16_MAX});
}

BOOST_AUTO_TEST_CASE(a_pending_item_reads_back) {
  check_record(pending_item{});
  check_record(pending_item{some_attempts, 1, UINT16_MAX, UINT32_MAX});
}

BOOST_AUTO_TEST_CASE(a_dead_letter_reads_back) {
  check_record(dead_letter{});
  dead_letter x{job_type::export_things,
                {},
                ec::poison,
                "why\n",
                -1,
                some_attempts,
                "{\"a\":\xFF",
                "ns",
                "id.1",
                {UINT64_MAX, UINT32_MAX},
                true};
  x.job.bytes.fill(0xFF);
  check_record(x);
  x.type = job_kind{job_type::custom, "a"};
  check_record(x);
}

BOOST_AUTO_TEST_CASE(a_control_reads_back) {
  check_record(job_control{});
  check_record(job_control{true, false, true, -10, UINT32_MAX});
}

BOOST_AUTO_TEST_CASE(a_retried_item_reads_back) {
  check_record(retried_item{});
  check_record(retried_item{UINT32_MAX, some_attempts});
}

BOOST_AUTO_TEST_CASE(of_many_attempts_the_last_ones_are_kept) {
  attempt_list x;
  for (time_ms i = 0; i < 20; ++i)
    x.add({i, ec::internal, {}, {}, {}});
  BOOST_TEST(x.count == 20u);
  BOOST_REQUIRE_EQUAL(x.kept.size(), attempts_kept_max);
  BOOST_TEST(x.kept.back().at == 19);
}

BOOST_AUTO_TEST_CASE(an_embedding_reads_back) {
  check_record(embedding{});
  check_record(
    embedding{"model",
              "sha256:ab",
              INT64_MAX,
              {0.0f, -1.5f, 3.402823466e38f, 1e-45f, 0.1f, 1.0f / 3}});
}

BOOST_AUTO_TEST_CASE(the_vector_of_an_embedding_is_exact_to_the_bit) {
  embedding x;
  x.vector = {std::bit_cast<float>(0x7FC00001u), -0.0f};
  auto read = must(decode_record<embedding>(encode_record(x)));
  BOOST_TEST(std::bit_cast<uint32_t>(read.vector[0]) == 0x7FC00001u);
  BOOST_TEST(std::bit_cast<uint32_t>(read.vector[1]) == 0x80000000u);
}

BOOST_AUTO_TEST_CASE(an_idempotency_record_reads_back) {
  check_record(idempotency_record{});
  idempotency_record x{"ab", {}, INT64_MAX};
  x.id.bytes.fill(0x80);
  check_record(x);
}

BOOST_AUTO_TEST_CASE(the_counters_read_back) {
  check_record(service_counters{});
  service_counters x;
  x.next_job = UINT64_MAX;
  x.jobs = {1, 2, 3, UINT64_MAX};
  x.items = 4;
  x.dead_letters = 5;
  x.kept_items = 6;
  for (auto type : counted_types)
    x.of(type) = {static_cast<uint64_t>(type), 2, 3, 4, UINT64_MAX};
  check_record(x);
}

BOOST_AUTO_TEST_CASE(each_status_and_type_has_a_counter_of_its_own) {
  service_counters x;
  for (auto status : job_statuses)
    ++x.of(status);
  for (auto type : counted_types)
    ++x.of(type).jobs;
  for (auto count : x.jobs)
    BOOST_TEST(count == 1u);
  for (auto& counters : x.by_type)
    BOOST_TEST(counters.jobs == 1u);
  BOOST_TEST(std::as_const(x).of(job_status::failed) == 1u);
  BOOST_TEST(std::as_const(x).of(job_type::transform_data).jobs == 1u);
}

BOOST_AUTO_TEST_CASE(done_is_what_succeeded_and_what_failed_for_good) {
  job_progress x;
  x.processed = 3;
  x.failed = 4;
  x.retrying = 5;
  BOOST_TEST(x.done() == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
