#include "gateway/cli/job_summary.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch::cli;

BOOST_AUTO_TEST_CASE(a_running_job_is_shown) {
  auto job = parse_job_answer(
    R"({"success":true,"job":{"id":"j1","type":"import-things",)"
    R"("status":"processing","state":"running","total":1000,"processed":397,)"
    R"("failed":3,"done":400,"retrying":2,"ratePerSecond":312.4,)"
    R"("etaSeconds":65,"errors":[{"index":7,"error":"ns is\nmissing",)"
    R"("code":"invalid_item","attempts":1}],)"
    R"("createdAt":"2026-03-01T12:00:00.250Z"}})");
  BOOST_REQUIRE(job.has_value());
  BOOST_TEST(!job->has_ended());
  BOOST_TEST(job_block(*job)
             == "job       j1\n"
                "type      import-things\n"
                "status    processing, running\n"
                "progress  400 of 1000 items, 40.0 %\n"
                "failed    3\n"
                "retrying  2\n"
                "rate      312 items/s\n"
                "left      1:05\n"
                "created   2026-03-01T12:00:00.250Z\n"
                "  item 7: ns is missing (invalid_item)\n");
}

BOOST_AUTO_TEST_CASE(an_ended_job_shows_how_long_it_took) {
  auto job = parse_job_answer(
    R"({"job":{"id":"j","status":"completed","state":"succeeded","total":1,)"
    R"("processed":1,"failed":0,"etaSeconds":0,)"
    R"("createdAt":"2026-03-01T12:00:00.000Z",)"
    R"("finishedAt":"2026-03-01T12:00:05.250Z"}})");
  BOOST_REQUIRE(job.has_value());
  BOOST_TEST(job->has_ended());
  BOOST_TEST(job->progress.done == 1u);
  auto text = job_block(*job);
  BOOST_TEST(text.find("finished  2026-03-01T12:00:05.250Z (after 5.2 s)\n")
               != text.npos,
             text);
  BOOST_TEST(text.find("left") == text.npos);
}

BOOST_AUTO_TEST_CASE(only_the_first_errors_are_shown) {
  std::string errors;
  for (int i = 0; i < 9; ++i)
    errors += (i > 0 ? ",{\"index\":" : "{\"index\":") + std::to_string(i)
              + R"(,"error":"e","code":"poison","attempts":3})";
  auto job = parse_job_answer(R"({"job":{"id":"j","status":"failed","errors":[)"
                              + errors + "]}}");
  BOOST_REQUIRE(job.has_value());
  auto text = job_block(*job);
  BOOST_TEST(text.find("  item 4: e (poison, 3 attempts)\n") != text.npos);
  BOOST_TEST(text.find("item 5") == text.npos);
  BOOST_TEST(text.find("batchd errors j\n") != text.npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_job_is_not_taken_for_one) {
  for (auto text : {"", "[]", "{}", "<html>", R"({"job":null})",
                    R"({"job":{"id":"j"}})", R"({"job":{"status":"failed"}})"})
    BOOST_TEST(!parse_job_answer(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(odd_values_do_no_harm) {
  auto job = parse_job_answer(
    R"({"job":{"id":"j\u001b[2J","status":"processing","total":-5,)"
    R"("done":"many","failed":1e300,"ratePerSecond":null,"errors":{},)"
    R"("createdAt":17}})");
  BOOST_REQUIRE(job.has_value());
  BOOST_TEST(job->id == "j[2J");
  BOOST_TEST(job->progress.total == 0u);
  BOOST_TEST(job->progress.done == 0u);
  BOOST_TEST(job_block(*job).size() > 0u);
}

BOOST_AUTO_TEST_CASE(what_was_ordered_of_a_job_is_shown) {
  auto job = parse_job_answer(
    R"({"job":{"id":"j","type":"t","status":"pending","state":"scheduled",)"
    R"("total":2,"runAt":"2026-03-01T12:00:00.000Z","cancelling":true,)"
    R"("priority":-3,"concurrency":4,"reason":"mended\u001b"}})");
  BOOST_REQUIRE(job.has_value());
  BOOST_TEST(job_block(*job)
             == "job       j\n"
                "type      t\n"
                "status    pending, scheduled, cancelling\n"
                "reason    mended\n"
                "runs at   2026-03-01T12:00:00.000Z\n"
                "priority  -3\n"
                "at once   4 chunks\n"
                "progress  0 of 2 items, 0.0 %\n"
                "failed    0\n");
  job = parse_job_answer(
    R"({"job":{"id":"j","status":"failed","state":"cancelled","total":5,)"
    R"("processed":2,"failed":0,"notStarted":3}})");
  auto text = job_block(*job);
  BOOST_TEST(text.find("not begun 3\n") != text.npos, text);
}
