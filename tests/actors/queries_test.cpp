#include "actors/queries/cursor.hpp"
#include "tests/actors/service_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

struct queries_fixture {
  store_ptr store = make_memory_store();
  virtual_service service{store};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_cursor_reads_back_as_the_key_it_was_made_of) {
  std::string key{"a\0\xFF z", 5};
  BOOST_TEST(*read_cursor(make_cursor(key)) == key);
  BOOST_TEST(read_cursor("")->empty());
  for (auto bad : {"a", "zz", "0G", "A0"})
    BOOST_TEST(read_cursor(bad).error().code == ec::invalid_request);
}

BOOST_FIXTURE_TEST_SUITE(queries_test, queries_fixture)

BOOST_AUTO_TEST_CASE(jobs_are_listed_newest_first_page_by_page) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i)
    ids.push_back(to_string(
      service.run(job_type::import_things, {thing("n", "a")}).spec.id));
  std::vector<std::string> listed;
  job_filter filter;
  filter.limit = 3;
  do {
    auto page = list_jobs(*store, filter);
    BOOST_REQUIRE(page);
    BOOST_TEST(page->jobs.size() <= 3u);
    for (const auto& x : page->jobs)
      listed.push_back(to_string(x.spec.id));
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty());
  std::ranges::reverse(ids);
  BOOST_TEST(listed == ids, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(jobs_are_filtered_by_status_type_and_label) {
  service.run(job_type::import_things, {thing("n", "a")},
              R"({"labels":{"team":"x"}})");
  service.run(job_type::import_things, {"{}"});
  service.run(job_type::transform_data, {"1"}, R"({"labels":{"team":"y"}})");
  auto count = [&](job_filter filter) {
    filter.limit = 10;
    return list_jobs(*store, filter)->jobs.size();
  };
  BOOST_TEST(count({}) == 3u);
  BOOST_TEST(count({.status = job_status::failed}) == 1u);
  BOOST_TEST(count({.type = job_type::import_things}) == 2u);
  BOOST_TEST(count({.labels = {{"team", "x"}}}) == 1u);
  BOOST_TEST(count({.labels = {{"team", "z"}}}) == 0u);
}

BOOST_AUTO_TEST_CASE(exports_hold_things_then_relationships_by_id) {
  service.run(job_type::import_things, {thing("n", "b"), thing("n", "a")});
  auto link = R"({"ns":"n","id":"0","type":"in","fromNs":"n","fromId":"a",)"
              R"("toNs":"n","toId":"b"})";
  service.run(job_type::import_relationships, {link});
  service.run(job_type::import_things, {thing("nn", "c")});
  auto lines = thing("n", "a") + "\n" + thing("n", "b") + "\n" + link + "\n";
  BOOST_TEST(service.export_of("n") == lines);
  BOOST_TEST(service.export_of("n", export_format::json)
             == "[\n" + thing("n", "a") + ",\n" + thing("n", "b") + ",\n" + link
                  + "\n]\n");
  BOOST_TEST(service.export_of("n", export_format::csv)
             == "ns,id,type,visibility,content,fromNs,fromId,toNs,toId,data.v"
                "\r\nn,a,T,,,,,,,0\r\nn,b,T,,,,,,,0\r\nn,0,in,,,n,a,n,b,\r\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_namespace_exports_as_an_empty_collection) {
  BOOST_TEST(service.export_of("none").empty());
  BOOST_TEST(service.export_of("none", export_format::json) == "[]\n");
  BOOST_TEST(service.export_of("none", export_format::csv)
             == "ns,id,type,visibility,content\r\n");
}

BOOST_AUTO_TEST_CASE(an_export_shows_one_point_of_time) {
  service.run(job_type::import_things, {thing("n", "a", 1)});
  auto stream = make_export_stream(store, {"n", export_format::ndjson, {}, {}});
  service.run(job_type::import_things, {thing("n", "a", 2), thing("n", "b")});
  BOOST_TEST(service.read_all(std::move(stream)) == thing("n", "a", 1) + "\n");
}

BOOST_AUTO_TEST_CASE(errors_carry_what_was_sent_even_if_it_is_no_json) {
  auto report = service.run(job_type::import_things, {R"({"ns":"n"})", "[1]"});
  auto lines = service.read_all(make_errors_stream(store, report.spec.number));
  BOOST_TEST(lines.find(R"("payload":{"ns":"n"}})") != std::string::npos);
  BOOST_TEST(lines.find(R"("payload":[1]})") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
