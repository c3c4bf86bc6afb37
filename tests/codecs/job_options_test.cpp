#include "codecs/job_options.hpp"

#include "codecs/json_writer.hpp"
#include "tests/codecs/checks.hpp"

#include <cmath>

using namespace batch;
using namespace batch::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct good_option {
  std::string json;
  bool (*holds)(const job_options&);
};

std::ostream& operator<<(std::ostream& out, const good_option& x) {
  return out << shown(x.json);
}

using opts = job_options;

const std::vector<good_option> good_options{
  {R"("chunkSize":1)", [](const opts& x) { return x.chunk_items == 1; }},
  {R"("chunkSize":1000)", [](const opts& x) { return x.chunk_items == 1000; }},
  {R"("timeoutMs":1)", [](const opts& x) { return x.timeout == 1ms; }},
  {R"("timeoutMs":86400000)", [](const opts& x) { return x.timeout == 24h; }},
  {R"("maxRetries":0)", [](const opts& x) { return x.retries_max == 0; }},
  {R"("maxRetries":10)", [](const opts& x) { return x.retries_max == 10; }},
  {R"("backoffMs":1)", [](const opts& x) { return x.backoff == 1ms; }},
  {R"("backoffMs":300000)", [](const opts& x) { return x.backoff == 5min; }},
  {R"("toleratedFailures":{})",
   [](const opts& x) {
     return !x.tolerated_failures.count && !x.tolerated_failures.percent;
   }},
  {R"("toleratedFailures":{"count":0})",
   [](const opts& x) { return x.tolerated_failures.count == 0u; }},
  {R"("toleratedFailures":{"count":4294967294})",
   [](const opts& x) { return x.tolerated_failures.count == job_items_max; }},
  {R"("toleratedFailures":{"percent":0})",
   [](const opts& x) { return x.tolerated_failures.percent == 0.0; }},
  {R"("toleratedFailures":{"percent":1.25e1})",
   [](const opts& x) { return x.tolerated_failures.percent == 12.5; }},
  {R"("toleratedFailures":{"percent":100,"count":5})",
   [](const opts& x) {
     return x.tolerated_failures.percent == 100.0
            && x.tolerated_failures.count == 5u;
   }},
  {R"("priority":-10)", [](const opts& x) { return x.priority == -10; }},
  {R"("priority": 10 )", [](const opts& x) { return x.priority == 10; }},
  {R"("concurrency":1)", [](const opts& x) { return x.concurrency == 1; }},
  {R"("concurrency":1000)",
   [](const opts& x) { return x.concurrency == 1000; }},
  {R"("labels":{})", [](const opts& x) { return x.labels.empty(); }},
  {R"("labels":{"a/b":"\u00e9","":""})",
   [](const opts& x) {
     return x.labels.size() == 2 && x.labels.at("a/b") == "\xC3\xA9"
            && x.labels.at("").empty();
   }},
  {R"("keepResults":"all")", [](const opts& x) { return x.keep_results; }},
  {R"("keepResults":"errors")", [](const opts& x) { return !x.keep_results; }},
  {R"("dryRun":true)", [](const opts& x) { return x.dry_run; }},
  {R"("onMissingEndpoint":"fail")",
   [](const opts& x) { return x.endpoints_must_exist; }},
  {R"("onMissingEndpoint":"allow")",
   [](const opts& x) { return !x.endpoints_must_exist; }},
  {R"("embedding":{})",
   [](const opts& x) {
     return x.embedding_model.empty() && !x.embedding_force;
   }},
  {R"("embedding":{"model":"m","force":true})",
   [](const opts& x) { return x.embedding_model == "m" && x.embedding_force; }},
  {R"("embedding":{"text":"content"})",
   [](const opts& x) {
     return x.has_embedding && x.embedding_text.empty()
            && x.embedding_overlong == overlong_text::fail;
   }},
  {R"("embedding":{"text":"{a}","overlong":"split-mean","maxBytes":64})",
   [](const opts& x) {
     return x.embedding_text == "{a}" && x.embedding_bytes_max == 64
            && x.embedding_overlong == overlong_text::split_mean;
   }},
  {R"("embedding":{"overlong":"truncate"})",
   [](const opts& x) {
     return x.embedding_overlong == overlong_text::truncate;
   }},
  {R"("embedding":{"force":false})",
   [](const opts& x) { return !x.embedding_force; }},
  {R"("transform": { "steps" : [1.50] } )",
   [](const opts& x) { return x.transform == R"({ "steps" : [1.50] })"; }},
  {R"("into":"shop")", [](const opts& x) { return x.into == "shop"; }},
  {R"("pri\u006frity":3)", [](const opts& x) { return x.priority == 3; }},
};

struct bad_option {
  std::string json;
  std::string pointer;
};

std::ostream& operator<<(std::ostream& out, const bad_option& x) {
  return out << shown(x.json);
}

const std::vector<bad_option> bad_options{
  {R"("chunkSize":0)", "/options/chunkSize"},
  {R"("chunkSize":1001)", "/options/chunkSize"},
  {R"("chunkSize":-1)", "/options/chunkSize"},
  {R"("chunkSize":1.0)", "/options/chunkSize"},
  {R"("chunkSize":1e2)", "/options/chunkSize"},
  {R"("chunkSize":4294967297)", "/options/chunkSize"},
  {R"("chunkSize":"1")", "/options/chunkSize"},
  {R"("chunkSize":null)", "/options/chunkSize"},
  {R"("timeoutMs":0)", "/options/timeoutMs"},
  {R"("timeoutMs":86400001)", "/options/timeoutMs"},
  {R"("timeoutMs":true)", "/options/timeoutMs"},
  {R"("maxRetries":-1)", "/options/maxRetries"},
  {R"("maxRetries":11)", "/options/maxRetries"},
  {R"("maxRetries":[3])", "/options/maxRetries"},
  {R"("backoffMs":0)", "/options/backoffMs"},
  {R"("backoffMs":300001)", "/options/backoffMs"},
  {R"("backoffMs":0.5)", "/options/backoffMs"},
  {R"("toleratedFailures":1)", "/options/toleratedFailures"},
  {R"("toleratedFailures":null)", "/options/toleratedFailures"},
  {R"("toleratedFailures":[])", "/options/toleratedFailures"},
  {R"("toleratedFailures":{"count":-1})", "/options/toleratedFailures/count"},
  {R"("toleratedFailures":{"count":4294967295})",
   "/options/toleratedFailures/count"},
  {R"("toleratedFailures":{"count":"5"})", "/options/toleratedFailures/count"},
  {R"("toleratedFailures":{"percent":-0.1})",
   "/options/toleratedFailures/percent"},
  {R"("toleratedFailures":{"percent":100.01})",
   "/options/toleratedFailures/percent"},
  {R"("toleratedFailures":{"percent":"5%"})",
   "/options/toleratedFailures/percent"},
  {R"("toleratedFailures":{"count":1,"count":1})",
   "/options/toleratedFailures/count"},
  {R"("toleratedFailures":{"counts":1})", "/options/toleratedFailures/counts"},
  {R"("priority":11)", "/options/priority"},
  {R"("priority":-11)", "/options/priority"},
  {R"("priority":"high")", "/options/priority"},
  {R"("priority":{})", "/options/priority"},
  {R"("concurrency":0)", "/options/concurrency"},
  {R"("concurrency":1001)", "/options/concurrency"},
  {R"("labels":[])", "/options/labels"},
  {R"("labels":"a")", "/options/labels"},
  {R"("labels":{"a":1})", "/options/labels/a"},
  {R"("labels":{"a":null})", "/options/labels/a"},
  {R"("labels":{"a":"1","a":"2"})", "/options/labels/a"},
  {R"("labels":{"a/b~c":1})", "/options/labels/a~1b~0c"},
  {R"("labels":{"":{}})", "/options/labels/"},
  {R"("keepResults":"none")", "/options/keepResults"},
  {R"("keepResults":true)", "/options/keepResults"},
  {R"("onMissingEndpoint":"Fail")", "/options/onMissingEndpoint"},
  {R"("onMissingEndpoint":null)", "/options/onMissingEndpoint"},
  {R"("embedding":"m")", "/options/embedding"},
  {R"("embedding":{"model":1})", "/options/embedding/model"},
  {R"("embedding":{"force":"yes"})", "/options/embedding/force"},
  {R"("embedding":{"force":1})", "/options/embedding/force"},
  {R"("embedding":{"models":"m"})", "/options/embedding/models"},
  {R"("embedding":{"text":"name"})", "/options/embedding/text"},
  {R"("embedding":{"text":5})", "/options/embedding/text"},
  {R"("embedding":{"overlong":"cut"})", "/options/embedding/overlong"},
  {R"("embedding":{"overlong":true})", "/options/embedding/overlong"},
  {R"("embedding":{"maxBytes":63})", "/options/embedding/maxBytes"},
  {R"("embedding":{"maxBytes":"64"})", "/options/embedding/maxBytes"},
  {R"("into":1)", "/options/into"},
  {R"("into":"")", "/options/into"},
  {R"("into":"a\u0000")", "/options/into"},
  {R"("into":"a\u0085")", "/options/into"},
  {R"("runAt":"tomorrow")", "/options/runAt"},
  {R"("runAt":1)", "/options/runAt"},
  {R"("delaySeconds":-1)", "/options/delaySeconds"},
  {R"("delaySeconds":31536001)", "/options/delaySeconds"},
  {R"("delaySeconds":"1")", "/options/delaySeconds"},
  {R"("runAt":"2026-03-01T12:00:00Z","delaySeconds":1)",
   "/options/delaySeconds"},
  {R"("after":"018f4e2a-7c3d-7b1e-9a55-0242ac120002")", "/options/after"},
  {R"("after":{})", "/options/after"},
  {R"("after":["018f4e2a-7c3d-7b1e-9a55-0242ac120002","x"])",
   "/options/after/1"},
  {R"("after":[1])", "/options/after/0"},
  {R"("priority":1,"priority":1)", "/options/priority"},
  {R"("priority":1,"prior\u0069ty":1)", "/options/priority"},
  {R"("new":1,"new":1)", "/options/new"},
  {R"("x/y":1,"x/y":1)", "/options/x~1y"},
};

job_options options_with(const std::string& member) {
  return must(parse_job_options('{' + member + '}'));
}

error refusal_of(const std::string& member) {
  return error_of(parse_job_options('{' + member + '}'));
}

std::string labels(size_t count, const std::string& value) {
  std::string out;
  json_writer w{out};
  w.key("labels").begin_object();
  for (size_t i = 0; i < count; ++i)
    w.key("l" + std::to_string(i)).string(value);
  w.end_object();
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(job_options_test)

BOOST_AUTO_TEST_CASE(no_options_are_the_defaults) {
  for (auto text : {"", "{}", " { } "}) {
    auto x = must(parse_job_options(text));
    BOOST_TEST(x.chunk_items == 100u);
    BOOST_TEST((x.timeout == 30s));
    BOOST_TEST(x.retries_max == 3u);
    BOOST_TEST((x.backoff == 1s));
    BOOST_TEST(!x.tolerated_failures.count.has_value());
    BOOST_TEST(!x.tolerated_failures.percent.has_value());
    BOOST_TEST(x.priority == 0);
    BOOST_TEST(x.concurrency == 0u);
    BOOST_TEST(x.labels.empty());
    BOOST_TEST(x.keep_results);
    BOOST_TEST(!x.endpoints_must_exist);
    BOOST_TEST(x.embedding_model == "");
    BOOST_TEST(!x.embedding_force);
    BOOST_TEST(x.transform == "");
    BOOST_TEST(x.into == "");
    BOOST_TEST(x.warnings.empty());
  }
}

BOOST_DATA_TEST_CASE(a_good_option_is_taken, data::make(good_options), x) {
  auto options = options_with(x.json);
  BOOST_TEST(x.holds(options));
  BOOST_TEST(options.warnings.empty());
}

BOOST_DATA_TEST_CASE(a_bad_option_is_refused_with_its_place,
                     data::make(bad_options), x) {
  auto why = refusal_of(x.json);
  BOOST_TEST(why.code == ec::invalid_option);
  BOOST_TEST(why.pointer == x.pointer);
}

BOOST_DATA_TEST_CASE(a_bad_option_is_refused_among_good_ones,
                     data::make(bad_options), x) {
  auto why = refusal_of(R"("a":1,)" + x.json + R"(,"b":2)");
  BOOST_TEST(why.pointer == x.pointer);
}

BOOST_AUTO_TEST_CASE(all_options_may_stand_together) {
  auto x = options_with(R"("into":"n","transform":{},"priority":-3,)"
                        R"("labels":{"a":"b"},"chunkSize":7,"new":null)");
  BOOST_TEST(x.into == "n");
  BOOST_TEST(x.transform == "{}");
  BOOST_TEST(x.priority == -3);
  BOOST_TEST(x.labels.at("a") == "b");
  BOOST_TEST(x.chunk_items == 7u);
}

BOOST_AUTO_TEST_CASE(the_message_of_a_bad_number_says_what_would_be_right) {
  auto why = refusal_of(R"("priority":11)");
  BOOST_TEST(why.message
             == "options/priority: expected an integer from -10 to 10");
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_a_warning) {
  auto x = options_with(R"("colour":{"a":[1]},"Priority":5)");
  BOOST_REQUIRE(x.warnings.size() == 2);
  BOOST_TEST(contains(x.warnings[0], "options.colour"));
  BOOST_TEST(contains(x.warnings[1], "options.Priority"));
  BOOST_TEST(x.priority == 0);
}

BOOST_DATA_TEST_CASE(options_that_are_no_object_are_refused,
                     data::make({"[]", "1", "null", "\"a\"", "{", "{\"a\":01}",
                                 "{} {}", " ", "{\"a\":1e999}"})) {
  auto why = error_of(parse_job_options(sample));
  BOOST_TEST(why.code == ec::invalid_option);
  BOOST_TEST(why.pointer == "/options");
}

BOOST_AUTO_TEST_CASE(options_have_a_limit_of_bytes) {
  auto padded
    = [](size_t bytes) { return '{' + std::string(bytes - 2, ' ') + '}'; };
  BOOST_TEST(parse_job_options(padded(options_bytes_max)).has_value());
  auto why = error_of(parse_job_options(padded(options_bytes_max + 1)));
  BOOST_TEST(why.code == ec::invalid_option);
  BOOST_TEST(why.pointer == "/options");
}

BOOST_AUTO_TEST_CASE(labels_have_limits_of_number_and_bytes) {
  BOOST_TEST(options_with(labels(64, "v")).labels.size() == 64u);
  BOOST_TEST(refusal_of(labels(65, "v")).pointer == "/options/labels/l64");
  std::string longest(256, 'x');
  BOOST_TEST(options_with(labels(1, longest)).labels.at("l0") == longest);
  BOOST_TEST(refusal_of(labels(1, longest + 'x')).pointer
             == "/options/labels/l0");
  auto named = [](const std::string& name) {
    return "\"labels\":{\"" + name + "\":\"v\"}";
  };
  BOOST_TEST(options_with(named(longest)).labels.size() == 1u);
  BOOST_TEST(refusal_of(named(longest + 'x')).code == ec::invalid_option);
}

BOOST_AUTO_TEST_CASE(a_namespace_of_exactly_its_limit_is_taken) {
  std::string longest(ns_bytes_max, 'n');
  BOOST_TEST(options_with("\"into\":\"" + longest + '"').into == longest);
  BOOST_TEST(refusal_of("\"into\":\"n" + longest + '"').pointer
             == "/options/into");
}

BOOST_AUTO_TEST_CASE(without_a_tolerance_no_failure_is_allowed) {
  failure_tolerance none;
  BOOST_TEST(none.allows(0, 0));
  BOOST_TEST(none.allows(0, 10));
  BOOST_TEST(!none.allows(1, 10));
}

BOOST_AUTO_TEST_CASE(a_tolerated_count_is_a_bound_of_its_own) {
  failure_tolerance x{5, std::nullopt};
  BOOST_TEST(x.allows(5, 5));
  BOOST_TEST(!x.allows(6, 1'000'000));
}

BOOST_AUTO_TEST_CASE(a_tolerated_percentage_is_of_all_items) {
  failure_tolerance x{std::nullopt, 12.5};
  BOOST_TEST(x.allows(0, 0));
  BOOST_TEST(x.allows(1, 8));
  BOOST_TEST(!x.allows(1, 7));
  BOOST_TEST(x.allows(125, 1000));
  BOOST_TEST(!x.allows(126, 1000));
  failure_tolerance all{std::nullopt, 100.0};
  BOOST_TEST(all.allows(job_items_max, job_items_max));
  failure_tolerance none{std::nullopt, 0.0};
  BOOST_TEST(none.allows(0, 10));
  BOOST_TEST(!none.allows(1, job_items_max));
}

BOOST_AUTO_TEST_CASE(either_tolerated_bound_being_exceeded_is_too_much) {
  failure_tolerance x{5, 10.0};
  BOOST_TEST(x.allows(5, 50));
  BOOST_TEST(!x.allows(5, 49));
  BOOST_TEST(!x.allows(6, 1000));
}

BOOST_AUTO_TEST_CASE(a_percentage_means_what_is_written_and_not_its_double) {
  // 2.3 % of 100,000 is 2,300, though the double next to 2.3 is below it.
  for (uint64_t total : {1'000u, 100'000u, 10'000'000u, 4'000'000'000u})
    for (uint64_t tenths = 0; tenths <= 1000; ++tenths) {
      auto text
        = std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
      auto x = options_with("\"toleratedFailures\":{\"percent\":" + text + '}')
                 .tolerated_failures;
      auto bound = total / 1000 * tenths;
      BOOST_REQUIRE_MESSAGE(x.allows(bound, total), text << "% of " << total);
      BOOST_REQUIRE_MESSAGE(!x.allows(bound + 1, total),
                            text << "% of " << total);
    }
}

BOOST_AUTO_TEST_CASE(what_puts_a_job_off_is_read) {
  auto x = must(parse_job_options(R"({"runAt":"2026-03-01T12:00:00.250Z"})"));
  BOOST_TEST(format_time(x.run_at.value()) == "2026-03-01T12:00:00.250Z");
  BOOST_TEST(must(parse_job_options(R"({"delaySeconds":90})")).delay.count()
             == 90);
  x = must(parse_job_options(
    R"({"after":[ "018f4e2a-7c3d-7b1e-9a55-0242ac120002" ,
                  "018F4E2A-7C3D-7B1E-9A55-0242AC120003"]})"));
  BOOST_REQUIRE_EQUAL(x.after.size(), 2u);
  BOOST_TEST(to_string(x.after[1]) == "018f4e2a-7c3d-7b1e-9a55-0242ac120003");
  BOOST_TEST(must(parse_job_options(R"({"after":[]})")).after.empty());
}

BOOST_AUTO_TEST_CASE(a_job_waits_for_a_hundred_jobs_at_most) {
  std::string ids;
  for (size_t i = 0; i < after_jobs_max; ++i)
    ids += R"("018f4e2a-7c3d-7b1e-9a55-0242ac120002",)";
  ids.pop_back();
  BOOST_TEST(must(parse_job_options("{\"after\":[" + ids + "]}")).after.size()
             == after_jobs_max);
  BOOST_TEST(code_of(parse_job_options("{\"after\":[" + ids + "," + ids + "]}"))
             == ec::invalid_option);
}

BOOST_AUTO_TEST_SUITE_END()
