#include "actors/embedders/providers/provider_fault.hpp"

#include "actors/embedders/providers/provider_key.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

#include <unistd.h>

using namespace batch;
using namespace std::chrono_literals;
using kind = provider_fault::kind;

namespace {

provider_fault fault(int status, std::string body, std::string retry = {}) {
  provider_spec spec;
  spec.url = "http://h";
  return fault_of(spec, {status, std::move(body), std::move(retry)},
                  std::chrono::system_clock::now());
}

} // namespace

BOOST_AUTO_TEST_SUITE(provider_fault_test)

BOOST_AUTO_TEST_CASE(a_status_says_what_to_do) {
  for (int status : {429, 503})
    BOOST_TEST((fault(status, "").what == kind::throttled), status);
  for (int status : {400, 413, 422})
    BOOST_TEST((fault(status, "").what == kind::refused), status);
  for (int status : {401, 402, 403, 404, 405, 301, 308, 204, 415})
    BOOST_TEST((fault(status, "").what == kind::blocked), status);
  for (int status : {408, 424, 500, 502, 504, 529})
    BOOST_TEST((fault(status, "").what == kind::passing), status);
  BOOST_TEST(fault(413, "").is_too_long);
}

BOOST_AUTO_TEST_CASE(some_answers_say_more_than_their_status) {
  BOOST_TEST((fault(429, R"({"error":{"message":"You exceeded your current )"
                         R"(quota","type":"insufficient_quota"}})")
                .what
              == kind::blocked));
  BOOST_TEST((fault(400, R"({"error":{"message":"no","code":)"
                         R"("model_not_found"}})")
                .what
              == kind::blocked));
  BOOST_TEST(
    (fault(500, R"({"error":{"code":500,"message":"input is too large to )"
                R"(process. increase the physical batch size"}})")
       .what
     == kind::refused));
}

BOOST_AUTO_TEST_CASE(a_429_is_not_always_one_that_passes) {
  auto large = fault(429, R"({"error":{"message":"Request too large for m on )"
                          R"(tokens per min (TPM): Limit 30000, Requested )"
                          R"(342389. The input must be reduced","type":)"
                          R"("tokens","code":"rate_limit_exceeded"}})");
  BOOST_TEST((large.what == kind::refused));
  BOOST_TEST(large.is_too_long);
  // Said of the minute as well.
  std::string quota = "You exceeded your current quota";
  BOOST_TEST((fault(429, quota).what == kind::blocked));
  BOOST_TEST((fault(429, quota, "20").what == kind::throttled));
  BOOST_TEST(
    (fault(429, quota + ". Please retry in 20s.").what == kind::throttled));
}

BOOST_AUTO_TEST_CASE(the_provider_is_quoted_in_one_short_line) {
  auto says
    = [](std::string body) { return fault(422, std::move(body)).message; };
  auto wanted = "http://h answers 422: it is wrong";
  BOOST_TEST(says(R"({"error":"it is wrong","error_type":"Validation"})")
             == wanted);
  BOOST_TEST(says(R"({"error":{"message":"it is wrong"}})") == wanted);
  BOOST_TEST(says(R"({"detail":"it is wrong"})") == wanted);
  BOOST_TEST(says("it is\nwrong") == wanted);
  BOOST_TEST(says("") == "http://h answers 422");
  BOOST_TEST(says(std::string(1 << 20, 'x')).size() < 400u);
  // Whatever it is.
  for (auto body :
       {"null", "[]", R"({"error":null})", R"({"error":{}})",
        R"({"error":[{}]})", R"({"error":{"error":{"error":5}}})", "\xFF\xFE"})
    BOOST_TEST(!says(body).empty());
}

BOOST_AUTO_TEST_CASE(retry_after_is_read) {
  BOOST_TEST((fault(429, "", "10").retry_after == 10s));
  BOOST_TEST((fault(503, "", "5").retry_after == 5s));
  BOOST_TEST(!fault(429, "", "soon").retry_after.has_value());
}

BOOST_AUTO_TEST_CASE(a_limit_of_texts_is_taken_from_what_is_said) {
  BOOST_TEST(inputs_max_of("batch size 64 > maximum allowed batch size 32", 64)
             == 32u);
  BOOST_TEST(inputs_max_of("Batch size is invalid, it should not be larger "
                           "than 10.",
                           100)
             == 10u);
  BOOST_TEST(inputs_max_of("the 3rd text is bad", 100) == 0u);
  BOOST_TEST(inputs_max_of("batch of 100", 100) == 0u);
  BOOST_TEST(inputs_max_of("batch 99999999999999999999999", 100) == 0u);
}

BOOST_AUTO_TEST_CASE(no_connection_is_nobodys_fault) {
  using trouble = provider_trouble::kind;
  auto what = [](trouble x) { return fault_of(provider_trouble{x, "m"}).what; };
  BOOST_TEST((what(trouble::unreachable) == kind::throttled));
  BOOST_TEST((what(trouble::untrusted) == kind::blocked));
  BOOST_TEST((what(trouble::broken) == kind::passing));
  BOOST_TEST((what(trouble::timed_out) == kind::passing));
  BOOST_TEST((what(trouble::too_large) == kind::passing));
}

BOOST_AUTO_TEST_CASE(a_key_is_the_first_line_of_its_file) {
  auto path = "/tmp/batch-key-" + std::to_string(getpid());
  auto read = [&](std::string_view text) {
    std::ofstream{path} << text;
    return read_provider_key(path);
  };
  BOOST_TEST(read("sk-1\n").value() == "sk-1");
  BOOST_TEST(read("\n  sk-2 \r\nmore\n").value() == "sk-2");
  for (auto text : {"", "\n \n", "two words", "\x01", "k\xC3\xA9y"}) {
    auto key = read(text);
    BOOST_REQUIRE(!key);
    BOOST_TEST((key.error().code == ec::provider_refused));
  }
  unlink(path.c_str());
  BOOST_TEST(!read_provider_key(path).has_value());
  setenv(provider_key_variable, " sk-3\n", 1);
  BOOST_TEST(read_provider_key("").value() == "sk-3");
  unsetenv(provider_key_variable);
  BOOST_TEST(read_provider_key("").value() == "");
}

BOOST_AUTO_TEST_CASE(a_key_is_taken_out_of_what_is_said) {
  BOOST_TEST(without_key("bad key sk-1, sk-1", "sk-1")
             == "bad key [key], [key]");
  BOOST_TEST(without_key("as it is", "") == "as it is");
}

BOOST_AUTO_TEST_SUITE_END()
