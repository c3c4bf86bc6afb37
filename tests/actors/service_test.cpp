#include "actors/service.hpp"

#include "actors/embedders/built_in_embedder.hpp"
#include "actors/submission.hpp"
#include "tests/actors/flaky_worker.hpp"
#include "tests/actors/quiet_system.hpp"
#include "tests/actors/service_fixture.hpp"

#include <condition_variable>
#include <mutex>

using namespace batch;
using namespace batch::test;

namespace {

struct service_fixture {
  store_ptr store = make_memory_store();
  virtual_service service{store};
};

/// Says more than anybody wants to keep, for every item and every time.
class verbose_worker : public worker {
public:
  void run(const loaded_work& work, outcome_builder& out) override {
    for_each_item(work, out, [&](const work_item& item) {
      out.fail(item, {ec::internal, std::string(100'000, 'x') + "\xFF"});
    });
  }
};

class throwing_worker : public worker {
public:
  void run(const loaded_work&, outcome_builder&) override {
    throw std::runtime_error("boom");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(service_test, service_fixture)

BOOST_AUTO_TEST_CASE(things_are_imported_and_counted) {
  auto report = service.run(job_type::import_things,
                            {thing("n", "a", 1), "{}", thing("n", "b", 2)});
  BOOST_TEST(report.progress.status == job_status::failed);
  BOOST_TEST(report.progress.processed == 2u);
  BOOST_TEST(report.progress.failed == 1u);
  BOOST_REQUIRE_EQUAL(report.errors.size(), 1u);
  BOOST_TEST(report.errors[0].index == 1u);
  BOOST_TEST(report.errors[0].letter.code == ec::invalid_item);
  BOOST_TEST(service.export_of("n")
             == thing("n", "a", 1) + "\n" + thing("n", "b", 2) + "\n");
  auto counters = read_counters(*store);
  BOOST_REQUIRE(counters);
  BOOST_TEST(counters->of(job_status::failed) == 1u);
  BOOST_TEST(counters->of(job_status::pending) == 0u);
  BOOST_TEST(counters->of(job_status::processing) == 0u);
  BOOST_TEST(counters->items == 3u);
  BOOST_TEST(counters->dead_letters == 1u);
}

BOOST_AUTO_TEST_CASE(the_last_item_of_a_name_wins_over_many_chunks) {
  std::vector<std::string> items;
  for (int i = 0; i < 1000; ++i)
    items.push_back(thing("n", std::to_string(i % 7), i));
  service.run(job_type::import_things, items, R"({"chunkSize":10})");
  auto last = find_thing(*store, "n", std::to_string(999 % 7));
  BOOST_REQUIRE(last);
  BOOST_TEST(*last == thing("n", std::to_string(999 % 7), 999));
}

BOOST_AUTO_TEST_CASE(relationships_are_found_from_both_ends) {
  auto text = R"({"ns":"r","id":"1","type":"in","fromNs":"a","fromId":"x",)"
              R"("toNs":"b","toId":"y"})";
  service.run(job_type::import_relationships, {text});
  auto from = list_relationships(*store, {true, "a", "x", ""}, 10, "");
  auto to = list_relationships(*store, {false, "b", "y", "in"}, 10, "");
  BOOST_REQUIRE((from && to));
  BOOST_TEST(from->records.size() == 1u);
  BOOST_TEST(to->records.size() == 1u);
  BOOST_TEST(list_relationships(*store, {false, "b", "y", "out"}, 10, "")
               ->records.empty());
}

BOOST_AUTO_TEST_CASE(a_relationship_that_moves_is_found_only_where_it_is) {
  auto text = [](std::string to) {
    return R"({"ns":"r","id":"1","type":"in","fromNs":"a","fromId":"x",)"
           R"("toNs":"b","toId":")"
           + to + "\"}";
  };
  service.run(job_type::import_relationships, {text("old"), text("new")});
  BOOST_TEST(list_relationships(*store, {false, "b", "old", ""}, 10, "")
               ->records.empty());
  BOOST_TEST(
    list_relationships(*store, {false, "b", "new", ""}, 10, "")->records.size()
    == 1u);
}

BOOST_AUTO_TEST_CASE(endpoints_are_demanded_where_asked_for) {
  service.run(job_type::import_things, {thing("a", "x")});
  auto report = service.run(
    job_type::import_relationships,
    {R"({"ns":"r","id":"1","type":"in","fromNs":"a","fromId":"x",)"
     R"("toNs":"b","toId":"y"})"},
    R"({"onMissingEndpoint":"fail"})");
  BOOST_REQUIRE_EQUAL(report.errors.size(), 1u);
  BOOST_TEST(report.errors[0].letter.code == ec::no_such_endpoint);
  BOOST_TEST(report.errors[0].letter.message == "there is no thing b/y");
}

BOOST_AUTO_TEST_CASE(an_unchanged_text_is_embedded_once) {
  service.run(job_type::import_things,
              {R"({"ns":"n","id":"a","type":"T","content":"a word"})"});
  auto ref = R"({"ns":"n","id":"a"})";
  auto first = service.run(job_type::generate_embeddings, {ref});
  auto second = service.run(job_type::generate_embeddings, {ref});
  auto forced = service.run(job_type::generate_embeddings, {ref},
                            R"({"embedding":{"force":true}})");
  auto results = [&](const job_report& x) {
    return service.read_all(make_results_stream(store, x.spec.number));
  };
  BOOST_TEST(results(first).find("skipped") == std::string::npos);
  BOOST_TEST(results(second).find("\"skipped\":true") != std::string::npos);
  BOOST_TEST(results(forced).find("skipped") == std::string::npos);
  auto x = find_embedding(*store, "n", "a");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->vector.size() == built_in_embedder()->dimensions());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_embedded_says_why) {
  service.run(job_type::import_things, {thing("n", "a")});
  auto report = service.run(
    job_type::generate_embeddings,
    {R"({"ns":"n","id":"a"})", R"({"ns":"n","id":"gone"})", R"({"ns":"n"})"});
  BOOST_REQUIRE_EQUAL(report.errors.size(), 3u);
  BOOST_TEST(report.errors[0].letter.code == ec::no_text);
  BOOST_TEST(report.errors[1].letter.code == ec::no_such_thing);
  BOOST_TEST(report.errors[2].letter.code == ec::invalid_item);
}

BOOST_AUTO_TEST_CASE(transformed_values_are_upserted_into_a_namespace) {
  auto report = service.run(
    job_type::transform_data, {thing("from", "a", 1), "5"},
    R"({"into":"to","transform":{"steps":[{"set":{"type":"U"}}]}})");
  BOOST_TEST(report.progress.processed == 1u);
  auto made = find_thing(*store, "to", "a");
  BOOST_REQUIRE(made);
  BOOST_TEST(*made == R"({"ns":"to","id":"a","type":"U","data":{"v":1}})");
}

BOOST_AUTO_TEST_CASE(an_option_that_is_wrong_is_refused_before_any_item) {
  auto id = service.submit(job_type::import_things, {}, R"({"chunkSize":0})");
  BOOST_REQUIRE(!id);
  BOOST_TEST(id.error().code == ec::invalid_option);
  BOOST_TEST(id.error().pointer == "/options/chunkSize");
}

BOOST_AUTO_TEST_CASE(an_abandoned_upload_leaves_nothing_behind) {
  auto ticket = service.open(job_type::import_things);
  BOOST_REQUIRE(ticket);
  auto unit = std::make_shared<commit_unit>();
  unit->changes.put(family::chunks, keys::chunk(ticket->number, 0), "x");
  BOOST_TEST(
    service
      .ask<void>(atom::append_atom_v, ticket->number, commit_unit_ptr{unit})
      .has_value());
  caf::anon_send(service.actors.supervisor, atom::abandon_atom_v,
                 ticket->number);
  service.scheduler.run();
  auto chunks = store->scan(nullptr, family::chunks, "", "", "", 1 << 20);
  BOOST_TEST(chunks->empty());
  auto again = service.ask<void>(atom::append_atom_v, ticket->number,
                                 commit_unit_ptr{unit});
  BOOST_REQUIRE(!again);
  BOOST_TEST(again.error().code == ec::conflict);
}

BOOST_AUTO_TEST_CASE(chunks_of_an_upload_cut_short_are_dropped_at_the_start) {
  auto other = make_memory_store();
  auto term = *other->take_over();
  write_batch orphan;
  orphan.put(family::chunks, keys::chunk(3, 0), "x");
  orphan.put(family::chunks, keys::chunk(9, 4), "x");
  other->commit(orphan, durability::durable, term);
  virtual_service next{other};
  BOOST_TEST(
    other->scan(nullptr, family::chunks, "", "", "", 1 << 20)->empty());
}

BOOST_AUTO_TEST_CASE(an_erased_thing_takes_its_embedding_along) {
  service.run(job_type::import_things,
              {R"({"ns":"n","id":"a","type":"T","content":"a word"})"});
  service.run(job_type::generate_embeddings, {R"({"ns":"n","id":"a"})"});
  BOOST_TEST(
    service.ask<void>(atom::erase_atom_v, std::string{"n"}, std::string{"a"})
      .has_value());
  BOOST_TEST(find_thing(*store, "n", "a").error().code == ec::no_such_thing);
  BOOST_TEST(find_embedding(*store, "n", "a").error().code
             == ec::no_such_embedding);
  auto again
    = service.ask<void>(atom::erase_atom_v, std::string{"n"}, std::string{"a"});
  BOOST_TEST(again.error().code == ec::no_such_thing);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_used_again_answers_the_first_job) {
  auto submit = [&](std::string key, std::string fingerprint) {
    return service.accept(job_type::import_things, {thing("n", "a")}, {}, key,
                          fingerprint);
  };
  auto first = submit("k", "same");
  auto again = submit("k", "same");
  auto other = submit("l", "same");
  BOOST_REQUIRE((first && again && other));
  BOOST_TEST(!first->replayed);
  BOOST_TEST(again->replayed);
  BOOST_TEST((again->id == first->id));
  BOOST_TEST((other->id != first->id));
  auto mismatch = submit("k", "different");
  BOOST_REQUIRE(!mismatch);
  BOOST_TEST(mismatch.error().code == ec::idempotency_mismatch);
  BOOST_TEST(read_counters(*store)->items == 2u);
}

BOOST_AUTO_TEST_CASE(a_key_is_forgotten_after_a_day) {
  auto submit = [&] {
    return service.accept(job_type::import_things, {thing("n", "a")}, {}, "k",
                          "same");
  };
  auto first = submit();
  service.scheduler.advance_time(std::chrono::hours{24});
  auto later = submit();
  BOOST_REQUIRE((first && later));
  BOOST_TEST(!later->replayed);
}

BOOST_AUTO_TEST_CASE(what_may_begin_is_told_before_anything_is_sent) {
  BOOST_TEST(service.ask<void>(atom::admit_atom_v).has_value());
  BOOST_TEST(service.ask<void>(atom::stop_atom_v).has_value());
  auto admitted = service.ask<void>(atom::admit_atom_v);
  BOOST_REQUIRE(!admitted);
  BOOST_TEST(admitted.error().code == ec::shutting_down);
}

BOOST_AUTO_TEST_CASE(after_stop_nothing_is_admitted) {
  BOOST_TEST(service.ask<void>(atom::stop_atom_v).has_value());
  auto ticket = service.open(job_type::import_things);
  BOOST_REQUIRE(!ticket);
  BOOST_TEST(ticket.error().code == ec::shutting_down);
}

BOOST_AUTO_TEST_CASE(large_results_are_left_to_further_rounds) {
  std::string big(900'000, 'x');
  std::vector<std::string> items(30, "\"" + big + "\"");
  auto report = service.run(job_type::transform_data, items);
  BOOST_TEST(report.progress.processed == 30u);
  auto results
    = service.read_all(make_results_stream(store, report.spec.number));
  BOOST_TEST(std::ranges::count(results, '\n') == 30);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(items_that_fail_for_a_while_succeed_in_the_end) {
  auto o = small_service();
  o.workers = builtin_workers(nullptr);
  o.workers[job_type::transform_data]
    = [] { return std::make_unique<flaky_worker>(); };
  virtual_service service{make_memory_store(), o};
  auto report
    = service.run(job_type::transform_data, {"0", "1", "2", "3", "4", "9"});
  BOOST_TEST(report.progress.processed == 4u);
  BOOST_REQUIRE_EQUAL(report.errors.size(), 2u);
  BOOST_TEST(report.errors[0].index == 4u);
  BOOST_TEST(report.errors[0].letter.attempts.count == 4u);
  auto results
    = service.read_all(make_results_stream(service.store, report.spec.number));
  BOOST_TEST(results.find("{\"index\":3,\"success\":true,\"result\":3,"
                          "\"attempts\":4}\n"
                          "{\"index\":4,\"success\":false")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_worker_fails_its_items_only) {
  auto o = small_service();
  o.workers = builtin_workers(nullptr);
  o.workers[job_type::transform_data]
    = [] { return std::make_unique<throwing_worker>(); };
  virtual_service service{make_memory_store(), o};
  auto report = service.run(job_type::transform_data, {"1"});
  BOOST_REQUIRE_EQUAL(report.errors.size(), 1u);
  BOOST_TEST(report.errors[0].letter.code == ec::poison);
  BOOST_TEST(report.errors[0].letter.message
             == "its worker ended or stalled 3 times, the last time: the "
                "worker failed: boom");
  BOOST_TEST(report.errors[0].letter.attempts.count == 3u);
  auto next = service.run(job_type::import_things, {thing("n", "a")});
  BOOST_TEST(next.progress.status == job_status::completed);
}

BOOST_AUTO_TEST_CASE(the_attempts_of_a_large_chunk_fit_into_one_write) {
  auto o = small_service();
  o.workers = builtin_workers(nullptr);
  o.workers[job_type::transform_data]
    = [] { return std::make_unique<verbose_worker>(); };
  virtual_service service{make_memory_store(), o};
  std::vector<std::string> items(1000, "\"" + std::string(900, 'y') + "\"");
  auto report
    = service.run(job_type::transform_data, items,
                  R"({"chunkSize":1000,"maxRetries":10,"backoffMs":1})");
  BOOST_TEST(report.progress.failed == 1000u);
  BOOST_TEST(report.errors[0].letter.attempts.count == 11u);
}

namespace {

/// Lets the first call wait until the test opens the gate.
struct gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_open = false;
  int calls = 0;
};

class hanging_worker : public worker {
public:
  explicit hanging_worker(gate& g) : gate_(g) {}

  void run(const loaded_work& work, outcome_builder& out) override {
    std::unique_lock guard{gate_.mutex};
    if (gate_.calls++ == 0)
      gate_.changed.wait(guard, [this] { return gate_.is_open; });
    for (const auto& item : work.items)
      out.succeed(item, item.text);
  }

private:
  gate& gate_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_worker_that_hangs_loses_its_chunk_to_another_one) {
  gate g;
  caf::actor_system_config config;
  configure(config);
  test::quiet_system system{config};
  service_options o;
  o.lease_tick = std::chrono::milliseconds{5};
  o.slots[job_type::transform_data] = 1;
  o.workers = builtin_workers(nullptr);
  o.workers[job_type::transform_data]
    = [&g] { return std::make_unique<hanging_worker>(g); };
  auto store = make_memory_store();
  auto running = spawn_service(system, o, store);
  BOOST_REQUIRE(running);
  {
    service_client client{system, running->supervisor,
                          std::chrono::seconds{30}};
    submission upload{client};
    BOOST_REQUIRE(upload.open(
      {job_type::transform_data, R"({"timeoutMs":20,"backoffMs":1})", {}},
      item_source::submitted));
    for (int i = 0; i < 10; ++i)
      BOOST_REQUIRE(upload.add(std::to_string(i)));
    auto accepted = upload.close();
    BOOST_REQUIRE(accepted);
    job_report report;
    do {
      report = *find_job(*store, accepted->id);
      std::this_thread::yield();
    } while (!has_ended(report.progress.status));
    BOOST_TEST(report.progress.status == job_status::completed);
    BOOST_TEST(report.progress.processed == 10u);
  }
  {
    std::lock_guard guard{g.mutex};
    g.is_open = true;
  }
  g.changed.notify_all();
  stop_service(system, *running, std::chrono::seconds{10});
}
