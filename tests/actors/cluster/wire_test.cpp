// Every payload that crosses nodes: as it was sent, or refused.
#include "actors/wire.hpp"

#include "actors/messages.hpp"
#include "actors/service.hpp"
#include "codecs/record.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <cmath>

using namespace batch;

namespace {

write_batch some_changes() {
  write_batch x;
  x.put(family::chunks, "key", std::string("v\0lue", 5));
  x.erase(family::dead, "other");
  return x;
}

counter_changes some_counters() {
  counter_changes x;
  x.type = job_type::transform_data;
  x.jobs = {1, -2, 3, -4};
  x.new_jobs = -1;
  x.items_processed = INT64_MIN;
  x.dead_letters = -7;
  x.next_job = UINT64_MAX;
  return x;
}

job_request some_request() {
  return {job_type::export_things, R"({"priority":1})", "{}",
          upload_kind::letters};
}

job_closing some_closing() {
  return {7,   some_request(), 300, 3, some_changes(), some_counters(),
          "k", "fingerprint"};
}

commit_unit some_block() {
  commit_unit x;
  x.changes = some_changes();
  x.counters = some_counters();
  x.durable = true;
  return x;
}

page some_page() {
  page x;
  x.add("a", "1");
  x.add("b", std::string(100'000, 'x'));
  x.add("c", "");
  x.more = true;
  return x;
}

search_answer some_search_answer() {
  search_answer x;
  x.results = {{"a", 0.5F, "{}"}, {"b", -1, {}}};
  x.model = namespace_model{"m", 1, 2};
  x.compared = 10;
  x.others = 3;
  return x;
}

template <class T>
T reread(const T& x) {
  T read;
  auto ok = from_wire(to_wire(x), read);
  BOOST_REQUIRE_MESSAGE(ok, (ok ? "" : ok.error().message));
  return read;
}

template <class T>
void check_refused(std::string_view bytes) {
  T read;
  auto ok = from_wire(bytes, read);
  BOOST_REQUIRE(!ok);
  BOOST_TEST(ok.error().code == ec::invalid_request);
  BOOST_TEST(ok.error().message.starts_with("a message of another node, "));
}

template <class T>
void refuses(const T& x) {
  check_refused<T>(to_wire(x));
}

/// No cut and no changed byte may get through, or do harm. Job ids have no
/// checksum; every one of theirs is an id.
template <class T>
void refuses_all_damage_of(const T& x) {
  auto whole = to_wire(x);
  auto step = whole.size() / 1000 + 1;
  for (size_t cut = 0; cut < whole.size(); cut += step)
    check_refused<T>(std::string_view{whole}.substr(0, cut));
  check_refused<T>(whole + "x");
  for (size_t at = 0; at < whole.size(); at += step) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    check_refused<T>(changed);
  }
}

/// As CAF does it between two processes.
template <class T>
std::optional<T> cross(caf::actor_system& system, T x) {
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  BOOST_REQUIRE(!sink(x));
  caf::binary_deserializer source{system, bytes};
  T read;
  if (source(read))
    return std::nullopt;
  return read;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_test)

BOOST_AUTO_TEST_CASE(what_was_sent_is_what_is_read) {
  auto request = reread(some_request());
  BOOST_TEST((request.type == job_type::export_things));
  BOOST_TEST(request.options == some_request().options);
  BOOST_TEST(request.input == "{}");
  BOOST_TEST((request.kind == upload_kind::letters));

  auto ticket = reread(job_ticket{9, 1000, {"a", ""}});
  BOOST_TEST(ticket.number == 9u);
  BOOST_TEST(ticket.chunk_items == 1000u);
  BOOST_TEST((ticket.warnings == std::vector<std::string>{"a", ""}));

  auto closing = reread(some_closing());
  BOOST_TEST(closing.number == 7u);
  BOOST_TEST(closing.description->options == some_request().options);
  BOOST_TEST(closing.total == 300u);
  BOOST_TEST(closing.chunks == 3u);
  BOOST_TEST(closing.rest.data() == some_changes().data());
  BOOST_TEST(closing.rest.entries() == 2u);
  BOOST_TEST((closing.counters.jobs == some_counters().jobs));
  BOOST_TEST(closing.key == "k");
  BOOST_TEST(closing.fingerprint == "fingerprint");
  auto plain = some_closing();
  plain.description.reset();
  BOOST_TEST(!reread(plain).description);

  auto id = make_job_id();
  BOOST_TEST((reread(id) == id));
  auto accepted = reread(job_acceptance{id, true});
  BOOST_TEST((accepted.id == id));
  BOOST_TEST(accepted.replayed);

  auto order = reread(job_order{job_order::kind::change, -10, 1000, "why"});
  BOOST_TEST((order.what == job_order::kind::change));
  BOOST_TEST((order.priority == -10));
  BOOST_TEST((order.concurrency == 1000u));
  BOOST_TEST(order.reason == "why");
}

BOOST_AUTO_TEST_CASE(of_a_unit_only_what_an_upload_may_say_crosses) {
  auto unit = some_block();
  unit.job = 5;
  unit.late = unit.ends_job = true;
  unit.chunk = 3;
  auto read = reread(unit);
  BOOST_TEST(read.changes.data() == unit.changes.data());
  BOOST_TEST(read.changes.entries() == unit.changes.entries());
  BOOST_TEST((read.counters.jobs == unit.counters.jobs));
  BOOST_TEST(read.counters.items_processed == INT64_MIN);
  BOOST_TEST(read.counters.next_job == UINT64_MAX);
  BOOST_TEST(read.durable);
  BOOST_TEST(read.refusable);
  BOOST_TEST(read.job == 0u);
  BOOST_TEST(!read.late);
  BOOST_TEST(!read.ends_job);
  BOOST_TEST(!read.chunk);
}

BOOST_AUTO_TEST_CASE(calls_of_the_store_are_read_as_they_were_sent) {
  auto rows = reread(rows_request{family::dead, {"a", "", "b"}});
  BOOST_TEST((rows.family == family::dead));
  BOOST_TEST((rows.keys == std::vector<std::string>{"a", "", "b"}));
  auto found = reread(found_rows{{"x", std::nullopt, ""}});
  BOOST_TEST(
    (found.values
     == std::vector<std::optional<std::string>>{"x", std::nullopt, ""}));
  auto scan = reread(scan_request{3, family::links, "a", "b", "aa", 100});
  BOOST_TEST(scan.view == 3u);
  BOOST_TEST((scan.family == family::links));
  BOOST_TEST(scan.from + scan.to + scan.after_key == "abaa");
  BOOST_TEST(scan.limit_bytes == 100u);
  auto status = reread(store_status{capacity::full, {false, "why", true}});
  BOOST_TEST((status.capacity == capacity::full));
  BOOST_TEST(!status.health.writable);
  BOOST_TEST(status.health.message == "why");
  BOOST_TEST(status.health.lacks_space);
  auto sent = some_page();
  auto read = reread(sent);
  BOOST_REQUIRE_EQUAL(read.size(), sent.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    BOOST_TEST(read[i].key == sent[i].key);
    BOOST_TEST(read[i].value == sent[i].value);
  }
  BOOST_TEST(read.more);
  BOOST_TEST(reread(page{}).empty());
}

BOOST_AUTO_TEST_CASE(searches_are_read_as_they_were_sent) {
  search_request request{"n", {}, {1.5F, -2}, "m", 7, -0.25, "T"};
  auto asked = reread(request);
  BOOST_TEST(asked.ns + asked.text + asked.model + asked.type == "nmT");
  BOOST_TEST((asked.vector == request.vector));
  BOOST_TEST(asked.results_max == 7u);
  BOOST_TEST(*asked.score_min == -0.25);
  auto found = reread(some_search_answer());
  BOOST_REQUIRE(found.results.size() == 2u);
  BOOST_TEST(found.results[0].id == "a");
  BOOST_TEST(found.results[0].score == 0.5F);
  BOOST_TEST(found.results[0].thing == "{}");
  BOOST_TEST(found.results[1].thing.empty());
  BOOST_TEST(found.model->model == "m");
  BOOST_TEST(found.compared == 10u);
  BOOST_TEST(found.others == 3u);
  BOOST_TEST(!reread(search_answer{}).model);
}

BOOST_AUTO_TEST_CASE(searches_that_no_gateway_sends_are_refused) {
  search_request good{"n", "text", {}, {}, 7, {}, {}};
  BOOST_TEST(reread(good).text == "text");
  auto refused = [&](auto change) {
    auto bad = good;
    change(bad);
    refuses(bad);
  };
  refused([](auto& x) { x.ns.clear(); });
  refused([](auto& x) { x.ns = std::string(ns_bytes_max + 1, 'n'); });
  refused([](auto& x) { x.text.clear(); });
  refused([](auto& x) { x.vector = {1}; });
  refused(
    [](auto& x) { x.text = std::string(search_text_bytes_max + 1, 'x'); });
  refused([](auto& x) { x.model = std::string(129, 'm'); });
  refused([](auto& x) { x.type = std::string(type_bytes_max + 1, 't'); });
  refused([](auto& x) {
    x.text.clear();
    x.vector.resize(vector_dimensions_max + 1);
  });
  refused([](auto& x) { x.results_max = 0; });
  refused([](auto& x) { x.results_max = search_results_max + 1; });
  refused([](auto& x) { x.score_min = NAN; });
  refused([](auto& x) {
    x.text.clear();
    x.vector = {1, INFINITY};
  });
  search_answer too_many;
  too_many.results.resize(search_results_max + 1);
  refuses(too_many);
}

BOOST_AUTO_TEST_CASE(damaged_bytes_are_refused) {
  refuses_all_damage_of(some_request());
  refuses_all_damage_of(job_ticket{9, 1000, {"a", ""}});
  refuses_all_damage_of(some_closing());
  refuses_all_damage_of(job_acceptance{make_job_id(), true});
  refuses_all_damage_of(job_order{});
  refuses_all_damage_of(some_block());
  refuses_all_damage_of(rows_request{family::dead, {"a", "b"}});
  refuses_all_damage_of(found_rows{{"x", std::nullopt}});
  refuses_all_damage_of(scan_request{3, family::links, "a", "b", "aa", 100});
  refuses_all_damage_of(store_status{});
  refuses_all_damage_of(search_request{"n", "text", {}, {}, 7, {}, {}});
  refuses_all_damage_of(some_search_answer());
  check_refused<job_id>("fifteen bytes..");
  check_refused<job_id>("seventeen bytes..");
}

/// Its rows have no checksum: they come from a store that has, over a link
/// that has.
BOOST_AUTO_TEST_CASE(a_page_is_refused_if_its_lengths_are_wrong) {
  auto whole = to_wire(some_page());
  for (size_t cut = 0; cut < whole.size(); ++cut)
    check_refused<page>(std::string_view{whole}.substr(0, cut));
  check_refused<page>(whole + "x");
  for (size_t at = 0; at < 8; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      page read;
      // Whether or not it is a page, it is no reason to read beyond its end.
      if (from_wire(changed, read))
        for (size_t i = 0; i < read.size(); ++i)
          BOOST_TEST(read[i].key.size() + read[i].value.size() <= whole.size());
    }
}

BOOST_AUTO_TEST_CASE(values_that_do_not_exist_are_refused) {
  auto request = some_request();
  for (auto number : {0, 7, 255}) {
    auto type = static_cast<job_type>(number);
    request.type = type;
    refuses(request);
    auto closing = some_closing();
    closing.description = request;
    refuses(closing);
    closing = some_closing();
    closing.counters.type = type;
    refuses(closing);
    auto unit = some_block();
    unit.counters.type = type;
    refuses(unit);
  }
  // Names are for types of one's own, and those need one.
  request.type = {job_type::export_things, "resize"};
  refuses(request);
  request.type = {job_type::custom, "Not A Name"};
  refuses(request);
  request = some_request();
  request.kind = static_cast<upload_kind>(4);
  refuses(request);
  refuses(job_ticket{1, 0, {}});
  refuses(job_ticket{1, chunk_items_max + 1, {}});
  refuses(job_order{static_cast<job_order::kind>(0)});
  refuses(job_order{static_cast<job_order::kind>(6)});
  refuses(job_order{job_order::kind::change, INT32_MIN});
  refuses(job_order{job_order::kind::change, 11});
  refuses(job_order{job_order::kind::change, {}, 0});
  refuses(job_order{job_order::kind::change, {}, 1001});
  auto no_family = static_cast<family>(family_count);
  refuses(rows_request{no_family, {}});
  refuses(scan_request{0, no_family, {}, {}, {}, 1});
  std::string long_key(key_bytes_max + 1, 'k');
  refuses(rows_request{family::jobs, {long_key}});
  refuses(scan_request{0, family::jobs, long_key, {}, {}, 1});
  refuses(store_status{static_cast<capacity>(3), {}});
}

BOOST_AUTO_TEST_CASE(CAF_sends_payloads_by_these_forms) {
  caf::actor_system_config config;
  configure(config);
  test::quiet_system system{config};
  auto block = cross<commit_unit_ptr>(
    system, std::make_shared<const commit_unit>(some_block()));
  BOOST_REQUIRE(block);
  BOOST_TEST((*block)->changes.data() == some_changes().data());
  auto rows
    = cross<page_ptr>(system, std::make_shared<const page>(some_page()));
  BOOST_REQUIRE(rows);
  BOOST_TEST((*rows)->last_key() == "c");
  auto id = make_job_id();
  BOOST_TEST((cross(system, id) == id));
  BOOST_TEST(cross(system, job_acceptance{id, true})->replayed);
}

BOOST_AUTO_TEST_CASE(CAF_hands_nothing_on_that_cannot_be_read) {
  caf::actor_system_config config;
  configure(config);
  test::quiet_system system{config};
  BOOST_TEST(!cross(system, job_request_ptr{}));
  BOOST_TEST(!cross(system, job_ticket{1, 0, {}}));
  auto bad = some_request();
  bad.type = static_cast<job_type>(99);
  BOOST_TEST(
    !cross<job_request_ptr>(system, std::make_shared<const job_request>(bad)));
}

BOOST_AUTO_TEST_SUITE_END()
