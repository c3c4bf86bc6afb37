// Jobs that transform, through a whole service.
#include "tests/actors/service_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

struct transform_fixture {
  static service_options with_functions() {
    auto o = small_service();
    o.transform_functions["twice"]
      = [](std::string_view item) -> expected<std::string> {
      return "[" + std::string{item} + "," + std::string{item} + "]";
    };
    return o;
  }

  std::string results(const job_report& report) {
    return service.read_all(
      make_results_stream(service.store, report.spec.number));
  }

  virtual_service service{make_memory_store(), with_functions()};
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(transform_jobs_test, transform_fixture)

BOOST_AUTO_TEST_CASE(items_that_are_dropped_count_and_have_no_effect) {
  auto report = service.run(
    job_type::transform_data,
    {thing("from", "a", 1), thing("from", "b", 2), thing("from", "c", 3)},
    R"({"into":"to","transform":{"steps":[{"filter":{"/data/v":{"ne":2}}}]}})");
  BOOST_TEST(report.progress.processed == 3u);
  BOOST_TEST(report.progress.failed == 0u);
  BOOST_TEST(find_thing(*service.store, "to", "a").has_value());
  BOOST_TEST(!find_thing(*service.store, "to", "b").has_value());
  BOOST_TEST(find_thing(*service.store, "to", "c").has_value());
  BOOST_TEST(
    contains(results(report), R"({"index":1,"success":true,"result":null})"));
}

BOOST_AUTO_TEST_CASE(scripts_transform_things) {
  auto report
    = service.run(job_type::transform_data, {thing("from", "a", 1), "5", "{}"},
                  R"({"into":"to","transform":{"lua":
                      "item.data.v = item.data.v + 1\nreturn item"}})");
  BOOST_TEST(report.progress.processed == 1u);
  auto made = find_thing(*service.store, "to", "a");
  BOOST_REQUIRE(made);
  BOOST_TEST(*made == R"({"ns":"to","id":"a","type":"T","data":{"v":2}})");
  BOOST_REQUIRE_EQUAL(report.errors.size(), 2u);
  BOOST_TEST(report.errors[1].letter.code == ec::transform_failed);
  BOOST_TEST(contains(report.errors[1].letter.message, "line 1: "));
}

BOOST_AUTO_TEST_CASE(an_endless_script_fails_its_items_and_nothing_else) {
  auto report = service.run(job_type::transform_data, {"1", "2", "3", "4"},
                            R"({"transform":{"limits":{"ms":5},"lua":
        "if item % 2 == 0 then while true do end end return -item"}})");
  BOOST_TEST(report.progress.processed == 2u);
  BOOST_TEST(report.progress.failed == 2u);
  BOOST_TEST(contains(report.errors[0].letter.message, "5 ms"));
}

BOOST_AUTO_TEST_CASE(functions_of_the_program_transform_items) {
  auto report = service.run(job_type::transform_data, {"1", "{}"},
                            R"({"transform":{"function":"twice"}})");
  BOOST_TEST(report.progress.processed == 2u);
  BOOST_TEST(contains(results(report), R"("result":[1,1])"));
}

BOOST_AUTO_TEST_CASE(a_faulty_transform_is_refused_when_it_is_submitted) {
  struct {
    std::string options;
    std::string pointer;
    std::string reason;
  } faults[] = {
    {R"({"transform":{"function":"thrice"}})", "/options/transform/function",
     "there are twice"},
    {R"({"transform":{"lua":"return ("}})", "/options/transform/lua", "line 1"},
    {R"({"transform":{"steps":[{"omit":["a"]},{"cast":{"a":"int"}}]}})",
     "/options/transform/steps/1/cast/a", "unknown type"},
    {R"({"timeoutMs":100,"transform":{"lua":""}})",
     "/options/transform/limits/ms", "here 25 ms"},
  };
  for (const auto& x : faults) {
    auto ticket = service.open(job_type::transform_data, x.options);
    BOOST_REQUIRE(!ticket);
    BOOST_TEST(ticket.error().code == ec::invalid_option);
    BOOST_TEST(ticket.error().pointer == x.pointer);
    BOOST_TEST(contains(ticket.error().message, x.reason));
  }
  auto other = service.open(job_type::import_things, R"({"dryRun":true})");
  BOOST_REQUIRE(!other);
  BOOST_TEST(other.error().pointer == "/options/dryRun");
}

BOOST_AUTO_TEST_CASE(a_dry_run_shows_and_changes_nothing) {
  std::vector<std::string> items;
  for (int i = 0; i < 30; ++i)
    items.push_back(thing("from", "id" + std::to_string(i), i));
  items[3] = "5";
  auto report = service.run(
    job_type::transform_data, items,
    R"({"into":"to","dryRun":true,"chunkSize":7,"transform":{"steps":[
        {"filter":{"id":{"ne":"id1"}}},{"set":{"type":"U"}}]}})");
  BOOST_TEST(report.progress.processed == 29u);
  BOOST_TEST(report.progress.failed == 1u);
  BOOST_TEST(service.export_of("to").empty());
  auto text = results(report);
  BOOST_TEST(contains(
    text,
    R"({"index":0,"success":true,"result":{"before":)" + thing("from", "id0", 0)
      + R"(,"after":{"ns":"to","id":"id0","type":"U","data":{"v":0}}}})"));
  BOOST_TEST(contains(text, R"({"index":1,"success":true,"result":{"before":)"
                              + thing("from", "id1", 1)
                              + R"(,"after":null,"dropped":true}})"));
  BOOST_TEST(contains(text, R"({"index":3,"success":false)"));
  BOOST_TEST(
    contains(text, R"({"index":19,"success":true,"result":{"before")"));
  BOOST_TEST(contains(text, R"({"index":20,"success":true,"result":null})"));
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_long_values_tells_their_length) {
  std::string item = "\"" + std::string(600'000, 'x') + "\"";
  auto report
    = service.run(job_type::transform_data, {item}, R"({"dryRun":true})");
  BOOST_TEST(contains(results(report), R"({"beforeBytes":600002,)"
                                       R"("afterBytes":600002})"));
}

BOOST_AUTO_TEST_SUITE_END()
