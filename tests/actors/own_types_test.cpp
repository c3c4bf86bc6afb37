// Jobs of types of one's own, from their submission to their end, done by
// workers that are only what a script says.
#include "actors/own_types.hpp"

#include "actors/maintenance/verify.hpp"
#include "actors/queries/letter_queries.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace {

using results = std::vector<foreign_result>;
using worker_pointer = foreign_worker_actor::pointer;
using script
  = std::function<caf::result<results>(worker_pointer, const foreign_work&)>;

const job_kind resize{job_type::custom, "resize"};

foreign_worker_actor::behavior_type scripted(worker_pointer self, script play) {
  return {
    [self, play](atom::work_atom, const foreign_work& work) {
      return play(self, work);
    },
  };
}

/// Answers each item by itself.
script for_each(std::function<foreign_result(const foreign_item&)> of_item) {
  return [of_item](worker_pointer, const foreign_work& work) {
    results out;
    for (const auto& item : work.items)
      out.push_back(of_item(item));
    return out;
  };
}

script echo() {
  return for_each([](const foreign_item& item) {
    return foreign_result::done(item.offset, item.text);
  });
}

/// Never answers.
script hang() {
  return [](worker_pointer self, const foreign_work&) -> caf::result<results> {
    return self->make_response_promise<results>();
  };
}

script die() {
  return [](worker_pointer self, const foreign_work&) -> caf::result<results> {
    self->quit(to_caf({ec::internal, "out of memory"}));
    return results{};
  };
}

struct own_types_fixture {
  ~own_types_fixture() {
    for (const auto& worker : workers)
      caf::anon_send_exit(worker, caf::exit_reason::kill);
    workers.clear();
    service->scheduler.run();
  }

  foreign_worker_actor spawn(script play) {
    workers.push_back(service->system.spawn(scripted, std::move(play)));
    return workers.back();
  }

  expected<void> enlist(std::string type, foreign_worker_actor worker,
                        uint32_t slots = 1) {
    return service->ask<void>(atom::enlist_atom_v, type, worker, slots);
  }

  void enlist(script play, uint32_t slots = 1) {
    BOOST_REQUIRE(enlist(resize.custom, spawn(std::move(play)), slots));
  }

  /// Makes the type known, and has nobody to do its jobs.
  void enlist_nobody() {
    enlist(echo());
    caf::anon_send_exit(workers.back(), caf::exit_reason::user_shutdown);
    workers.pop_back();
    service->scheduler.run();
  }

  void pass(std::chrono::milliseconds time) {
    for (; time > 0ms; time -= 100ms) {
      service->scheduler.advance_time(100ms);
      service->scheduler.run();
    }
  }

  std::string results_of(const job_report& job) {
    return service->read_all(make_results_stream(store, job.spec.number));
  }

  /// What is kept is as the counters say.
  void check_store() {
    auto summary = verify_store(
      *store, 0, [](const verify_finding& x) { BOOST_ERROR(to_string(x)); });
    BOOST_TEST(summary.has_value());
  }

  store_ptr store = make_memory_store();
  std::optional<virtual_service> service{std::in_place, store};
  std::vector<foreign_worker_actor> workers;
};

/// The first results, and what makes it unusable.
const std::vector<std::pair<std::string, script>> nonsense{
  {"nothing", [](auto, const auto&) { return results{}; }},
  {"twice",
   for_each([](const foreign_item&) { return foreign_result::done(0); })},
  {"no JSON", for_each([](const foreign_item& x) {
     return foreign_result::done(x.offset, "{oops");
   })},
  {"an error", [](auto, const auto&) -> caf::result<results> {
     return to_caf({ec::conflict, "not today"});
   }}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(own_types_test, own_types_fixture)

BOOST_AUTO_TEST_CASE(items_are_any_json_and_so_are_results) {
  enlist(echo(), 2);
  auto job = service->run(
    resize, {R"({"file":"cat.png"})", "7", "null", R"("text")", "[1,2]"},
    R"({"chunkSize":2})");
  BOOST_TEST(job.progress.state == job_state::succeeded);
  BOOST_TEST(job.progress.processed == 5u);
  BOOST_TEST((job.spec.type == resize));
  BOOST_TEST(results_of(job)
             == "{\"index\":0,\"success\":true,"
                "\"result\":{\"file\":\"cat.png\"}}\n"
                "{\"index\":1,\"success\":true,\"result\":7}\n"
                "{\"index\":2,\"success\":true,\"result\":null}\n"
                "{\"index\":3,\"success\":true,\"result\":\"text\"}\n"
                "{\"index\":4,\"success\":true,\"result\":[1,2]}\n");
  auto counters = read_counters(*store);
  BOOST_REQUIRE(counters);
  BOOST_TEST(counters->of(job_type::custom).completed == 1u);
  BOOST_TEST(counters->of(job_type::custom).items_processed == 5u);
  check_store();
}

BOOST_AUTO_TEST_CASE(a_type_that_nobody_does_is_refused_with_those_known) {
  enlist("a-type", spawn(echo()));
  auto refused = service->open(resize);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == ec::invalid_job);
  BOOST_TEST(refused.error().pointer == "/type");
  BOOST_TEST(refused.error().message
             == "type: 'resize' is no job type that is known here; expected "
                "one of import-things, import-relationships, "
                "generate-embeddings, export-things, transform-data, a-type");
  BOOST_TEST(!service->open({job_type::custom, ""}).has_value());
  BOOST_TEST(service->open({job_type::custom, "a-type"}).has_value());
}

BOOST_AUTO_TEST_CASE(only_good_names_and_numbers_of_slots_can_be_enlisted) {
  auto worker = spawn(echo());
  for (auto name : {"", "import-things", "custom", "system", "Resize", "a b"}) {
    auto refused = enlist(name, worker);
    BOOST_REQUIRE_MESSAGE(!refused, name);
    BOOST_TEST(refused.error().code == ec::invalid_request);
  }
  for (auto slots : {0U, enlisted_slots_max + 1})
    BOOST_TEST(
      (enlist("resize", worker, slots).error().code == ec::invalid_request));
  BOOST_TEST((enlist("resize", foreign_worker_actor{}).error().code
              == ec::invalid_request));
  BOOST_TEST(!service->open(resize).has_value());
  BOOST_TEST(enlist("resize", worker, enlisted_slots_max).has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_item_is_a_dead_letter_at_once) {
  enlist(for_each([](const foreign_item& item) {
    return item.text == "2" ? foreign_result::rejected(item.offset, "is even")
                            : foreign_result::done(item.offset);
  }));
  auto job = service->run(resize, {"1", "2", "3"});
  BOOST_TEST(job.progress.state == job_state::failed);
  BOOST_TEST(job.progress.processed == 2u);
  letter_filter filter;
  filter.type = resize;
  auto letters = list_letters(*store, filter, 10, "");
  BOOST_REQUIRE(letters);
  BOOST_REQUIRE_EQUAL(letters->letters.size(), 1u);
  const auto& letter = letters->letters[0].letter;
  BOOST_TEST((letter.type == resize));
  BOOST_TEST(letter.code == ec::rejected);
  BOOST_TEST(letter.message == "is even");
  BOOST_TEST(letter.payload == "2");
  BOOST_REQUIRE_EQUAL(letter.attempts.count, 1u);
  BOOST_TEST(letter.attempts.kept[0].worker == "resize-1");
  BOOST_TEST(letter.attempts.kept[0].node == "coordinator");
  filter.type = job_kind{job_type::custom, "other"};
  BOOST_TEST(list_letters(*store, filter, 10, "")->letters.empty());
  check_store();
}

BOOST_AUTO_TEST_CASE(a_failure_that_passes_is_tried_again_item_by_item) {
  std::map<std::string, int> tries;
  std::vector<size_t> sizes;
  enlist([&](worker_pointer, const foreign_work& work) {
    sizes.push_back(work.items.size());
    results out;
    for (const auto& x : work.items)
      out.push_back(++tries[x.text] > std::stoi(x.text)
                      ? foreign_result::done(x.offset)
                      : foreign_result::failed(x.offset, "not yet"));
    return out;
  });
  auto job = service->run(resize, {"0", "1", "3", "9"});
  BOOST_TEST(job.progress.processed == 3u);
  BOOST_TEST(job.progress.failed == 1u);
  BOOST_TEST(sizes == (std::vector<size_t>{4, 3, 2, 2}),
             boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(job.errors.size(), 1u);
  BOOST_TEST(job.errors[0].letter.code == ec::unavailable);
  BOOST_TEST(job.errors[0].letter.attempts.count == 4u);
  check_store();
}

BOOST_AUTO_TEST_CASE(a_throttled_item_waits_at_no_cost) {
  int asked = 0;
  enlist(for_each([&](const foreign_item& x) {
    return ++asked <= 10 ? foreign_result::throttled(x.offset, "busy", 7000)
                         : foreign_result::done(x.offset);
  }));
  auto job = service->run(resize, {"1"}, R"({"maxRetries":0})");
  BOOST_TEST(job.progress.processed == 1u);
  BOOST_TEST(job.progress.finished_at - job.progress.started_at >= 70'000);
}

BOOST_DATA_TEST_CASE(a_piece_whose_answer_is_nonsense_is_done_again,
                     data::xrange(nonsense.size()), i) {
  const auto& [name, first] = nonsense[i];
  auto play = first;
  int asked = 0;
  enlist([&, play](worker_pointer self, const foreign_work& work) {
    return ++asked == 1 ? play(self, work) : echo()(self, work);
  });
  auto job = service->run(resize, {"1", "2", "3"});
  BOOST_TEST(job.progress.processed == 3u, name);
  BOOST_TEST(asked == 2);
  check_store();
}

BOOST_AUTO_TEST_CASE(an_item_that_no_answer_is_good_for_ends_as_poison) {
  enlist([&](worker_pointer self, const foreign_work& work) {
    for (const auto& x : work.items)
      if (x.text == "13")
        return caf::result<results>{to_caf({ec::internal, "boom"})};
    return echo()(self, work);
  });
  std::vector<std::string> items;
  for (int i = 0; i < 20; ++i)
    items.push_back(std::to_string(i));
  auto job = service->run(resize, items, R"({"backoffMs":100})");
  BOOST_TEST(job.progress.processed == 19u);
  BOOST_REQUIRE_EQUAL(job.errors.size(), 1u);
  BOOST_TEST(job.errors[0].index == 13u);
  BOOST_TEST(job.errors[0].letter.code == ec::poison);
  BOOST_TEST(job.errors[0].letter.message.find("boom") != std::string::npos);
  check_store();
}

BOOST_AUTO_TEST_CASE(the_work_of_one_who_dies_is_done_by_another_at_once) {
  enlist(die());
  auto id = service->submit(resize, {"1", "2"});
  BOOST_REQUIRE(id);
  pass(500ms);
  BOOST_TEST(!has_ended(service->report(*id).progress.status));
  enlist(echo());
  pass(500ms);
  auto job = service->report(*id);
  BOOST_TEST(job.progress.state == job_state::succeeded);
  BOOST_TEST(job.progress.processed == 2u);
  check_store();
}

BOOST_AUTO_TEST_CASE(the_work_of_one_who_hangs_is_done_by_another_in_time) {
  enlist(hang(), 2);
  auto id = service->submit(resize, {"1", "2"}, R"({"timeoutMs":3000})");
  BOOST_REQUIRE(id);
  pass(2s);
  enlist(echo());
  auto job = service->finish(*id);
  BOOST_TEST(job.progress.processed == 2u);
  check_store();
}

BOOST_AUTO_TEST_CASE(one_who_hung_is_asked_again_and_its_late_answer_is_none) {
  auto late
    = std::make_shared<std::vector<caf::typed_response_promise<results>>>();
  int asked = 0;
  enlist([&asked, late](worker_pointer self,
                        const foreign_work& work) -> caf::result<results> {
    if (++asked > 1) {
      // Only its own actor may deliver a promise: it does so here.
      late->at(0).deliver(results{foreign_result::rejected(0, "no")});
      late->clear();
      return echo()(self, work);
    }
    late->push_back(self->make_response_promise<results>());
    return late->back();
  });
  auto id = service->submit(resize, {"1"}, R"({"timeoutMs":3000})");
  BOOST_REQUIRE(id);
  auto job = service->finish(*id);
  BOOST_TEST(asked == 2);
  BOOST_TEST(job.progress.processed == 1u);
  pass(1s);
  BOOST_TEST(service->report(*id).progress.failed == 0u);
  check_store();
}

BOOST_AUTO_TEST_CASE(a_worker_is_asked_for_as_much_as_it_has_slots) {
  size_t open = 0, most = 0;
  auto slow = [&](caf::event_based_actor* self) -> caf::behavior {
    using held_answer
      = std::pair<caf::typed_response_promise<results>, results>;
    auto held = std::make_shared<std::deque<held_answer>>();
    return {
      [&, self, held](atom::work_atom,
                      const foreign_work& work) -> caf::result<results> {
        most = std::max(most, ++open);
        results out;
        for (const auto& x : work.items)
          out.push_back(foreign_result::done(x.offset));
        held->emplace_back(self->make_response_promise<results>(), out);
        self->delayed_send(self, 100ms, 0);
        return held->back().first;
      },
      [&, held](int) {
        --open;
        held->front().first.deliver(held->front().second);
        held->pop_front();
      },
    };
  };
  workers.push_back(
    caf::actor_cast<foreign_worker_actor>(service->system.spawn(slow)));
  BOOST_REQUIRE(enlist(resize.custom, workers.back(), 3));
  std::vector<std::string> items(20, "1");
  auto id = service->submit(resize, items, R"({"chunkSize":1})");
  BOOST_REQUIRE(id);
  pass(3s);
  BOOST_TEST(service->report(*id).progress.processed == 20u);
  BOOST_TEST(most == 3u);
}

BOOST_AUTO_TEST_CASE(options_of_the_worker_are_given_to_it_without_a_warning) {
  foreign_work seen;
  enlist([&](worker_pointer self, const foreign_work& work) {
    seen = work;
    return echo()(self, work);
  });
  auto options = R"({"width":100,"chunkSize":7})";
  auto ticket = service->open(resize, options);
  BOOST_REQUIRE(ticket);
  BOOST_TEST(ticket->warnings.empty());
  BOOST_TEST(ticket->chunk_items == 7u);
  auto job = service->run(resize, {"1"}, options);
  BOOST_TEST(seen.options == options);
  BOOST_TEST(seen.type == "resize");
  BOOST_TEST(seen.job_id == to_string(job.spec.id));
  auto refused = service->open(resize, R"({"into":"n"})");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == ec::invalid_option);
}

BOOST_AUTO_TEST_CASE(a_job_without_a_worker_waits_and_can_be_paused_and_ended) {
  enlist_nobody();
  auto id = service->submit(resize, {"1"});
  BOOST_REQUIRE(id);
  pass(60s);
  BOOST_TEST(service->report(*id).progress.state == job_state::queued);
  job_order pause{job_order::kind::pause, {}, {}, {}};
  BOOST_TEST(service->order(*id, pause).has_value());
  BOOST_TEST(service->report(*id).progress.state == job_state::paused);
  job_order cancel{job_order::kind::cancel, {}, {}, {}};
  BOOST_TEST(service->order(*id, cancel).has_value());
  auto job = service->finish(*id);
  BOOST_TEST(job.progress.state == job_state::cancelled);
  BOOST_TEST(job.progress.not_started == 1u);
  check_store();
}

BOOST_AUTO_TEST_CASE(after_a_restart_a_job_goes_on_when_its_worker_is_back) {
  enlist_nobody();
  auto waiting = service->submit(resize, {"1", "2"});
  enlist(hang());
  auto begun = service->submit(resize, {"3"});
  BOOST_REQUIRE((waiting && begun));
  pass(1s);
  for (const auto& worker : workers)
    caf::anon_send_exit(worker, caf::exit_reason::kill);
  workers.clear();
  service.reset();
  service.emplace(store);
  pass(60s);
  for (const auto& id : {*waiting, *begun})
    BOOST_TEST(!has_ended(service->report(id).progress.status));
  // The type is not known in this run, but its dead letters may be replayed.
  BOOST_TEST(!service->open(resize).has_value());
  BOOST_TEST(
    service
      ->ask<job_ticket>(atom::open_atom_v,
                        std::make_shared<const job_request>(
                          job_request{resize, {}, {}, upload_kind::letters}))
      .has_value());
  enlist(echo());
  for (const auto& id : {*waiting, *begun})
    BOOST_TEST(service->finish(id).progress.state == job_state::succeeded);
  BOOST_TEST(service->open(resize).has_value());
  check_store();
}

BOOST_AUTO_TEST_CASE(types_of_ones_own_do_not_mix) {
  enlist("one", spawn(for_each([](const foreign_item& x) {
           return foreign_result::done(x.offset, "1");
         })));
  enlist("two", spawn(for_each([](const foreign_item& x) {
           return foreign_result::done(x.offset, "2");
         })));
  auto one = service->run({job_type::custom, "one"}, {"0"});
  auto two = service->run({job_type::custom, "two"}, {"0"});
  BOOST_TEST(results_of(one).find("\"result\":1") != std::string::npos);
  BOOST_TEST(results_of(two).find("\"result\":2") != std::string::npos);
  job_filter filter;
  filter.type = job_kind{job_type::custom, "two"};
  filter.limit = 10;
  auto found = list_jobs(*store, filter);
  BOOST_REQUIRE(found);
  BOOST_REQUIRE_EQUAL(found->jobs.size(), 1u);
  BOOST_TEST((found->jobs[0].spec.id == two.spec.id));
}

BOOST_AUTO_TEST_CASE(
  workers_of_one_type_share_its_work_under_titles_of_their_own) {
  std::set<std::string> titles;
  enlist(hang());
  enlist(for_each([](const foreign_item& x) {
           return foreign_result::rejected(x.offset, "no");
         }),
         2);
  auto job = service->run(resize, {"1", "2", "3", "4"},
                          R"({"chunkSize":1,"timeoutMs":2000})");
  for (const auto& x : job.errors)
    for (const auto& attempt : x.letter.attempts.kept)
      titles.insert(attempt.worker);
  BOOST_TEST(titles
               == (std::set<std::string>{"resize-1", "resize-2", "resize-3"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
