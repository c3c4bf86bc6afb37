#include "actors/queries/cursor.hpp"

#include "actors/queries/answer_bytes.hpp"
#include "codecs/bytes.hpp"
#include "codecs/record.hpp"
#include "codecs/results.hpp"
#include "tests/actors/service_fixture.hpp"
#include "tests/storage/passing_reader.hpp"

#include <map>

using namespace batch;
using namespace batch::test;

namespace {

struct queries_fixture {
  store_ptr store = make_memory_store();
  virtual_service service{store};
};

/// Walks a list to its end. `read` makes a page of a cursor.
template <class Read>
std::vector<std::string> read_pages(Read&& read, size_t& pages) {
  std::vector<std::string> all;
  std::string cursor;
  pages = 0;
  do {
    auto page = read(cursor);
    BOOST_REQUIRE(page);
    BOOST_REQUIRE_LT(++pages, 100u);
    size_t bytes = 0;
    for (const auto& x : page->records) {
      bytes += x.size();
      all.push_back(x);
    }
    BOOST_TEST(bytes < answer_bytes_max + item_bytes_max);
    cursor = page->next_cursor;
  } while (!cursor.empty());
  return all;
}

/// A store in which somebody writes just before anybody scans a family.
class changing_store : public passing_reader {
public:
  changing_store(store_reader_ptr in, family watched,
                 std::function<void()> change)
    : passing_reader(std::move(in)), watched_(watched),
      change_(std::move(change)) {}

  expected<page> scan(const snapshot_ptr& view, family f, std::string_view from,
                      std::string_view to, std::string_view after_key,
                      size_t limit_bytes) const override {
    if (f == watched_)
      change_();
    return passing_reader::scan(view, f, from, to, after_key, limit_bytes);
  }

private:
  family watched_;
  std::function<void()> change_;
};

std::string read_whole(byte_stream_ptr stream) {
  std::string text;
  while (*stream->read(text)) {
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_job_and_its_errors_are_of_one_point_of_time) {
  auto store = make_memory_store();
  auto term = *store->take_over();
  job_spec spec;
  spec.number = 7;
  uint32_t failed = 0;
  auto fail_one_more = [&] {
    job_progress progress;
    write_batch changes;
    changes.put(family::dead, keys::dead_item(7, failed),
                encode_record(dead_letter{}));
    progress.failed = ++failed;
    changes.put(family::jobs, keys::job_progress(7), encode_record(progress));
    BOOST_TEST((store->commit(changes, durability::buffered, term)
                == commit_status::ok));
  };
  std::string number;
  append_fixed(number, spec.number);
  write_batch changes;
  changes.put(family::jobs, keys::job_by_id(spec.id), number);
  changes.put(family::jobs, keys::job_spec(7), encode_record(spec));
  store->commit(changes, durability::buffered, term);
  fail_one_more();
  changing_store changing{store, family::dead, fail_one_more};
  auto report = find_job(changing, spec.id);
  BOOST_REQUIRE(report);
  BOOST_TEST(failed > 1u);
  BOOST_TEST(report->errors.size() == report->progress.failed);
}

/// Rounds of a chunk that take turns, more of them than are held at a time.
BOOST_AUTO_TEST_CASE(results_come_in_input_order_whatever_their_rounds) {
  constexpr uint32_t chunk_items = 60, rounds = 23;
  auto store = make_memory_store();
  auto term = *store->take_over();
  std::string wanted;
  for (uint32_t chunk = 0; chunk < 3; ++chunk) {
    std::map<uint32_t, results_builder> parts;
    for (uint32_t i = 0; i < chunk_items; ++i) {
      auto index = chunk * chunk_items + i;
      // The second chunk is of one round.
      auto round = chunk == 1 ? 1 : 1 + i * 7 % rounds;
      parts[round].add(index, std::to_string(index * 11));
      wanted += R"({"index":)" + std::to_string(index)
                + R"(,"success":true,"result":)" + std::to_string(index * 11)
                + "}\n";
    }
    write_batch changes;
    for (auto& [round, results] : parts)
      changes.put(family::results,
                  keys::result(7, chunk, static_cast<uint16_t>(round), 0),
                  results.take());
    store->commit(changes, durability::buffered, term);
  }
  BOOST_TEST(read_whole(make_results_stream(store, 7)) == wanted);
}

BOOST_AUTO_TEST_CASE(a_cursor_reads_back_as_the_key_it_was_made_of) {
  std::string key{"a\0\xFF z", 5};
  auto list = keys::with_prefix("a");
  BOOST_TEST(*read_cursor(make_cursor(key), list) == key);
  BOOST_TEST(read_cursor("", list)->empty());
  for (auto bad : {"6", "zz", "6G", "A0", "60", "62", "00"})
    BOOST_TEST(read_cursor(bad, list).error().code == ec::invalid_request);
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
  for (auto format : {export_format::ndjson, export_format::csv}) {
    export_request request;
    request.ns = "n";
    request.format = format;
    auto before = service.export_of(request);
    auto begun = begin_export(store, request);
    BOOST_REQUIRE(begun);
    service.run(job_type::import_things, {thing("n", "a", 2), thing("n", "b")});
    BOOST_TEST(service.read_all(std::move(begun->stream)) == before);
    BOOST_TEST(service.export_of(request) != before);
    service.run(job_type::import_things, {thing("n", "a", 1), thing("n", "b")});
  }
}

BOOST_AUTO_TEST_CASE(errors_carry_what_was_sent_even_if_it_is_no_json) {
  auto report = service.run(job_type::import_things, {R"({"ns":"n"})", "[1]"});
  auto lines = service.read_all(make_errors_stream(store, report.spec.number));
  BOOST_TEST(lines.find(R"("payload":{"ns":"n"}})") != std::string::npos);
  BOOST_TEST(lines.find(R"("payload":[1]})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_are_one_line_each_however_the_item_was_written) {
  auto report = service.run(job_type::import_things,
                            {"{\n  \"ns\": \"n n\"\r\n}", "no\njson"});
  auto lines = service.read_all(make_errors_stream(store, report.spec.number));
  BOOST_TEST(std::ranges::count(lines, '\n') == 2);
  BOOST_TEST(lines.find(R"("payload":{"ns":"n n"}})") != std::string::npos);
  BOOST_TEST(lines.find(R"("payloadText":"no\njson"})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_errors_of_a_job_do_not_hold_its_items) {
  auto report = service.run(job_type::import_things,
                            {R"({"ns":")" + std::string(100'000, 'x') + "\"}"});
  BOOST_REQUIRE_EQUAL(report.errors.size(), 1u);
  BOOST_TEST(report.errors[0].letter.payload.empty());
  BOOST_TEST(report.errors[0].letter.payload.capacity() < 100u);
  BOOST_TEST(!report.errors[0].letter.message.empty());
}

BOOST_AUTO_TEST_CASE(pages_are_bounded_by_their_bytes) {
  std::string large(900'000, 'x');
  std::vector<std::string> things, links;
  for (int i = 0; i < 12; ++i) {
    auto id = std::to_string(100 + i);
    things.push_back(R"({"ns":"n","id":")" + id + R"(","type":"T","content":")"
                     + large + R"("})");
    links.push_back(R"({"ns":"n","id":")" + id + R"(","type":"t)" + id
                    + R"(","fromNs":"n","fromId":"a","toNs":"n","toId":"b",)"
                    + R"("data":{"x":")" + large + R"("}})");
  }
  service.run(job_type::import_things, things);
  service.run(job_type::import_relationships, links);
  size_t pages = 0;
  auto listed = read_pages(
    [&](const auto& cursor) { return list_things(*store, "n", 500, cursor); },
    pages);
  BOOST_TEST((listed == things));
  BOOST_TEST(pages == 3u);
  listed = read_pages(
    [&](const auto& cursor) {
      return list_relationships(*store, {true, "n", "a", ""}, 500, cursor);
    },
    pages);
  BOOST_TEST((listed == links));
  BOOST_TEST(pages == 3u);
}

BOOST_AUTO_TEST_CASE(pages_of_jobs_are_bounded_by_what_was_submitted) {
  auto options = R"({"unknown":")" + std::string(60'000, 'x') + R"("})";
  size_t count = answer_bytes_max / options.size() + 20;
  for (size_t i = 0; i < count; ++i)
    service.run(job_type::transform_data, {"1"}, options);
  job_filter filter;
  filter.limit = 500;
  auto page = list_jobs(*store, filter);
  BOOST_REQUIRE(page);
  BOOST_TEST(page->jobs.size() < count);
  filter.cursor = page->next_cursor;
  BOOST_TEST(page->jobs.size() + list_jobs(*store, filter)->jobs.size()
             == count);
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_list_is_refused) {
  for (auto ns : {"a", "b"})
    service.run(job_type::import_things, {thing(ns, "1"), thing(ns, "2")});
  auto things = list_things(*store, "a", 1, "")->next_cursor;
  job_filter filter;
  filter.limit = 1;
  auto jobs = list_jobs(*store, filter)->next_cursor;
  filter.status = job_status::completed;
  auto completed = list_jobs(*store, filter)->next_cursor;
  BOOST_TEST(!things.empty());
  BOOST_TEST(!jobs.empty());
  BOOST_TEST(!completed.empty());

  auto is_refused = [](const auto& list) {
    return !list && list.error().code == ec::invalid_request;
  };
  BOOST_TEST(list_things(*store, "a", 1, things).has_value());
  for (const auto& cursor : {things, jobs, completed})
    BOOST_TEST(is_refused(list_things(*store, "b", 1, cursor)));
  for (const auto& cursor : {things, jobs})
    BOOST_TEST(
      is_refused(list_relationships(*store, {true, "a", "1", ""}, 1, cursor)));
  auto is_refused_for
    = [&](std::optional<job_status> status, const std::string& cursor) {
        return is_refused(
          list_jobs(*store, {.status = status, .limit = 1, .cursor = cursor}));
      };
  BOOST_TEST(is_refused_for(job_status::failed, completed));
  BOOST_TEST(is_refused_for(job_status::completed, jobs));
  BOOST_TEST(is_refused_for({}, completed));
  BOOST_TEST(is_refused_for({}, things));
  BOOST_TEST(!is_refused_for({}, jobs));
  BOOST_TEST(!is_refused_for(job_status::completed, completed));
}

BOOST_AUTO_TEST_CASE(what_is_no_job_id_names_no_job) {
  BOOST_TEST(read_job_id("018f4e2a-7c3d-7b1e-9a55-0242ac120002").has_value());
  for (auto text : {"", "1", "018f4e2a", "../x"})
    BOOST_TEST((read_job_id(text).error().code == ec::no_such_job), text);
}

BOOST_AUTO_TEST_SUITE_END()
