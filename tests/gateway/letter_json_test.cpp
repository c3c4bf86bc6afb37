#include "gateway/http/letter_json.hpp"

#include "tests/contains.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;

namespace {

const auto some_job = *parse_job_id("018f4e2a-7c3d-7b1e-9a55-0242ac120002");

stored_letter some_letter() {
  stored_letter x;
  x.at = {5, 17};
  x.letter.job = some_job;
  x.letter.type = job_type::import_things;
  x.letter.code = ec::timed_out;
  x.letter.message = "too slow";
  x.letter.failed_at = 1500;
  x.letter.attempts.add({1000, ec::timed_out, "slow", "import-1", "node-a"});
  x.letter.payload = R"({"ns": "n"})";
  x.letter.ns = "n";
  return x;
}

std::string json_of(const stored_letter& x,
                    const std::optional<job_id>& replayed_by = {}) {
  std::string out;
  json_writer w{out};
  write_letter(w, x, replayed_by);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_open_letter_shows_its_item_and_attempts) {
  BOOST_TEST(json_of(some_letter())
             == R"({"id":"018f4e2a-7c3d-7b1e-9a55-0242ac120002.17",)"
                R"("jobId":"018f4e2a-7c3d-7b1e-9a55-0242ac120002","index":17,)"
                R"("type":"import-things","ns":"n","state":"open",)"
                R"("code":"timed_out","error":"too slow",)"
                R"("failedAt":"1970-01-01T00:00:01.500Z","attempts":[)"
                R"({"at":"1970-01-01T00:00:01.000Z","code":"timed_out",)"
                R"("error":"slow","worker":"import-1","node":"node-a"}],)"
                R"("attemptsTotal":1,"payload":{"ns": "n"}})");
}

BOOST_AUTO_TEST_CASE(a_letter_says_what_became_of_it) {
  auto x = some_letter();
  x.claimed_by = 9;
  BOOST_TEST(contains(json_of(x, some_job),
                      R"("state":"replayed","replayedBy":"018f4e2a-)"));
  BOOST_TEST(contains(json_of(x), R"("state":"replayed","code")"));
  x = some_letter();
  x.letter.origin = "018f4e2a-7c3d-7b1e-9a55-0242ac120009.1";
  BOOST_TEST(contains(json_of(x),
                      R"("origin":"018f4e2a-7c3d-7b1e-9a55-0242ac120009.1")"));
  x.letter.purged = true;
  x.letter.payload.clear();
  BOOST_TEST(contains(json_of(x), R"("state":"purged")"));
  BOOST_TEST(!contains(json_of(x), "payload"));
}

BOOST_AUTO_TEST_CASE(a_message_of_the_system_has_no_job) {
  stored_letter x;
  x.letter.payload = "\xff";
  auto json = json_of(x);
  BOOST_TEST(contains(json, R"("type":"system")"));
  BOOST_TEST(!contains(json, "jobId"));
  BOOST_TEST(contains(json, "\"payloadText\":\"\xef\xbf\xbd\""));
}

BOOST_AUTO_TEST_CASE(a_group_has_a_fingerprint_if_it_was_made_by_it) {
  letter_group x{ec::no_text,
                 "item #",
                 3,
                 0,
                 1000,
                 "item 5",
                 {{some_job, 1}, {some_job, 2}}};
  std::string out;
  json_writer w{out};
  write_letter_group(w, x, letter_grouping::fingerprint);
  BOOST_TEST(out
             == R"({"code":"no_text","fingerprint":"item #","count":3,)"
                R"("firstAt":"1970-01-01T00:00:00.000Z",)"
                R"("lastAt":"1970-01-01T00:00:01.000Z","message":"item 5",)"
                R"("samples":["018f4e2a-7c3d-7b1e-9a55-0242ac120002.1",)"
                R"("018f4e2a-7c3d-7b1e-9a55-0242ac120002.2"]})");
  out.clear();
  json_writer by_code{out};
  write_letter_group(by_code, x, letter_grouping::code);
  BOOST_TEST(!contains(out, "fingerprint"));
}
