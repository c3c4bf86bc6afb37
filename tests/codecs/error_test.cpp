#include "codecs/error.hpp"

#include "tests/codecs/checks.hpp"

#include <set>

using namespace batch;
using namespace batch::test;

namespace {

struct code_row {
  int number;
  std::string name;
};

std::ostream& operator<<(std::ostream& out, const code_row& x) {
  return out << x.name;
}

/// What is on disks and in clients already: append, never change.
const std::vector<code_row> codes{
  {1, "invalid_request"},
  {2, "invalid_json"},
  {3, "invalid_job"},
  {4, "invalid_option"},
  {5, "invalid_item"},
  {6, "item_too_large"},
  {7, "no_such_job"},
  {8, "no_such_thing"},
  {9, "no_such_embedding"},
  {10, "no_such_endpoint"},
  {11, "no_text"},
  {12, "transform_failed"},
  {13, "timed_out"},
  {14, "worker_lost"},
  {15, "poison"},
  {16, "internal"},
  {17, "storage_failure"},
  {18, "storage_full"},
  {19, "storage_foreign"},
  {20, "storage_locked"},
  {21, "storage_corrupt"},
  {22, "overloaded"},
  {23, "shutting_down"},
  {24, "conflict"},
  {25, "no_such_route"},
  {26, "method_not_allowed"},
  {27, "unsupported_media_type"},
  {28, "body_too_large"},
  {29, "unauthorized"},
  {30, "snapshot_gone"},
  {31, "idempotency_mismatch"},
  {32, "throttled"},
  {33, "undeliverable"},
  {34, "job_gone"},
  {35, "no_such_dead_letter"},
  {36, "coordinator_unreachable"},
  {37, "rejected"},
  {38, "no_such_node"},
  {39, "unavailable"},
  {40, "provider_refused"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(error_test)

BOOST_DATA_TEST_CASE(a_code_keeps_its_number_and_name, data::make(codes), x) {
  auto code = static_cast<ec>(x.number);
  BOOST_TEST(to_string(code) == x.name);
  BOOST_TEST(error_code_of(x.name) == code);
}

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own_that_leads_back) {
  std::set<std::string_view> names;
  for (int number = 0; number < 256; ++number) {
    auto code = static_cast<ec>(number);
    auto name = to_string(code);
    BOOST_TEST(!name.empty());
    if (code == ec::internal || name != "internal") {
      BOOST_TEST(names.insert(name).second, name);
      BOOST_TEST(error_code_of(name) == code);
    }
  }
  BOOST_TEST(names.size() >= codes.size());
}

BOOST_AUTO_TEST_CASE(what_this_version_does_not_know_is_internal) {
  BOOST_TEST(to_string(ec{}) == "internal");
  BOOST_TEST(to_string(ec{255}) == "internal");
  for (auto name : {"", "nonsense", "INTERNAL", "invalid_json "})
    BOOST_TEST(error_code_of(name) == ec::internal);
}

BOOST_AUTO_TEST_CASE(only_failures_that_need_no_mending_are_not_permanent) {
  std::set<ec> transient;
  std::set<ec> throttled;
  std::set<ec> blocked;
  for (int number = 0; number < 256; ++number) {
    auto code = static_cast<ec>(number);
    if (class_of(code) == failure_class::transient)
      transient.insert(code);
    if (class_of(code) == failure_class::throttled)
      throttled.insert(code);
    if (class_of(code) == failure_class::blocked)
      blocked.insert(code);
  }
  std::set<ec> wanted{ec::timed_out,  ec::worker_lost,
                      ec::internal,   ec::storage_failure,
                      ec::overloaded, ec::coordinator_unreachable,
                      ec::unavailable};
  BOOST_TEST((transient == wanted));
  BOOST_TEST((throttled == std::set<ec>{ec::throttled}));
  BOOST_TEST((blocked == std::set<ec>{ec::provider_refused}));
}

BOOST_AUTO_TEST_CASE(an_error_is_passed_on_unchanged) {
  expected<int> failed = fail(ec::conflict, "taken", "/id");
  expected<std::string> passed = fail(failed);
  BOOST_TEST((error_of(passed) == error{ec::conflict, "taken", "/id"}));
}

BOOST_AUTO_TEST_SUITE_END()
