// Slots of others at the DISPATCHER, taken by an actor that does what the test
// says and nothing else.
#include "actors/slots.hpp"

#include "tests/actors/service_fixture.hpp"

using namespace batch;
using namespace batch::test;
using namespace std::chrono_literals;

namespace {

/// What a taker was told.
struct taker_notes {
  std::vector<grant_ptr> grants;
  std::vector<std::pair<slot_number, slot_number>> renewals;
};
using notes_ptr = std::shared_ptr<taker_notes>;

worker_actor::behavior_type taker(worker_actor::pointer, notes_ptr notes) {
  return {
    [notes](atom::work_atom, const grant_ptr& g) {
      notes->grants.push_back(g);
    },
    [notes](atom::renew_atom, slot_number lost, slot_number fresh) {
      notes->renewals.emplace_back(lost, fresh);
    },
  };
}

service_options service_without_import_threads() {
  auto o = small_service();
  o.slots[job_type::import_things] = 0;
  o.restart_pause = 10s;
  return o;
}

struct slots_fixture {
  /// An actor with slots of a node of its own.
  struct node {
    notes_ptr notes = std::make_shared<taker_notes>();
    worker_actor actor;
    std::vector<slot_number> slots;
  };

  node enlist(std::string name, size_t slots, size_t credit = 1) {
    node x;
    x.actor = service.system.spawn(taker, x.notes);
    std::vector<slot_offer> offers;
    for (size_t i = 1; i <= slots; ++i)
      offers.push_back({job_type::import_things,
                        {},
                        "import-" + std::to_string(i),
                        name,
                        credit});
    auto numbers = service.ask_actor<std::vector<slot_number>>(
      service.actors.dispatcher, atom::enlist_atom_v, x.actor, offers);
    BOOST_REQUIRE(numbers);
    x.slots = *numbers;
    service.scheduler.run();
    return x;
  }

  void end(node& x) {
    caf::anon_send_exit(x.actor, caf::exit_reason::kill);
    x.actor = nullptr;
    service.scheduler.run();
  }

  ~slots_fixture() {
    for (auto& x : {&first, &second})
      if (x->actor)
        end(*x);
  }

  job_id submit(size_t items, std::string options = R"({"chunkSize":1})") {
    std::vector<std::string> things;
    for (size_t i = 0; i < items; ++i)
      things.push_back(thing("n", std::to_string(i)));
    auto id = service.submit(job_type::import_things, things, options);
    BOOST_REQUIRE(id);
    service.scheduler.run();
    return *id;
  }

  /// Does what a grant asks for, as a thread of ours would.
  void work(const grant_ptr& g) {
    auto worker = service_workers[job_type::import_things]();
    auto loaded = load_work(*store, g->job, g->ref);
    BOOST_REQUIRE(loaded);
    caf::anon_send(service.actors.dispatcher, atom::done_atom_v, g->slot,
                   g->lease,
                   std::make_shared<const chunk_outcome>(
                     run_worker(*worker, *loaded, "import-1", "far")));
    service.scheduler.run();
  }

  /// Does all that a node was granted and will be.
  void work_off(node& x) {
    for (size_t at = 0; at < x.notes->grants.size(); ++at)
      work(x.notes->grants[at]);
    x.notes->grants.clear();
  }

  void retire(const node& x) {
    caf::anon_send(service.actors.dispatcher, atom::retire_atom_v, x.slots);
    service.scheduler.run();
  }

  /// Pieces that a node holds.
  uint32_t load(const std::string& name) {
    auto loads = service.ask_actor<node_loads>(service.actors.dispatcher,
                                               atom::load_atom_v);
    BOOST_REQUIRE(loads);
    return (*loads)[name].pieces;
  }

  /// Items that have come back from it.
  uint64_t items(const std::string& name) {
    auto loads = service.ask_actor<node_loads>(service.actors.dispatcher,
                                               atom::load_atom_v);
    BOOST_REQUIRE(loads);
    return (*loads)[name].items;
  }

  void pass(std::chrono::milliseconds time) {
    service.scheduler.advance_time(time);
    service.scheduler.run();
  }

  worker_registry service_workers = builtin_workers(nullptr);
  store_ptr store = make_memory_store();
  virtual_service service{store, service_without_import_threads()};
  node first;
  node second;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slots_test, slots_fixture)

BOOST_AUTO_TEST_CASE(work_waits_for_somebody_to_enlist_and_is_then_done) {
  auto id = submit(3);
  BOOST_TEST(service.report(id).progress.state == job_state::queued);
  first = enlist("far", 1);
  BOOST_REQUIRE_EQUAL(first.slots.size(), 1u);
  BOOST_REQUIRE_EQUAL(first.notes->grants.size(), 1u);
  BOOST_TEST(first.notes->grants[0]->slot == first.slots[0]);
  work_off(first);
  BOOST_TEST(service.finish(id).progress.processed == 3u);
}

BOOST_AUTO_TEST_CASE(each_slot_is_granted_what_it_has_room_for) {
  first = enlist("far", 2, 2);
  submit(10);
  BOOST_TEST(first.notes->grants.size() == 4u);
  BOOST_TEST(load("far") == 4u);
  work(first.notes->grants[0]);
  BOOST_TEST(first.notes->grants.size() == 5u);
  BOOST_TEST(load("far") == 4u);
  BOOST_TEST(items("far") == 1u);
}

BOOST_AUTO_TEST_CASE(the_work_of_one_who_ends_is_done_elsewhere_at_once) {
  first = enlist("far", 1, 2);
  auto id = submit(2);
  BOOST_REQUIRE_EQUAL(first.notes->grants.size(), 2u);
  second = enlist("near", 2);
  end(first);
  pass(100ms);
  BOOST_REQUIRE_EQUAL(second.notes->grants.size(), 2u);
  work_off(second);
  BOOST_TEST(service.finish(id).progress.processed == 2u);
}

BOOST_AUTO_TEST_CASE(an_attempt_names_the_slot_that_was_lost_and_its_node) {
  auto id = submit(1, R"({"backoffMs":100})");
  for (int i = 0; i < 3; ++i) {
    auto x = enlist("node-" + std::to_string(i), 1);
    for (int waits = 0; x.notes->grants.empty(); ++waits) {
      BOOST_REQUIRE(waits < 100);
      pass(100ms);
    }
    end(x);
  }
  auto report = service.finish(id);
  BOOST_REQUIRE_EQUAL(report.errors.size(), 1u);
  const auto& letter = report.errors[0].letter;
  BOOST_TEST(letter.code == ec::poison);
  BOOST_REQUIRE_EQUAL(letter.attempts.kept.size(), 3u);
  BOOST_TEST(letter.attempts.kept[0].worker == "import-1");
  BOOST_TEST(letter.attempts.kept[0].node == "node-0");
  BOOST_TEST(letter.attempts.kept[2].node == "node-2");
}

BOOST_AUTO_TEST_CASE(a_slot_that_takes_too_long_is_renewed_at_once) {
  first = enlist("far", 1);
  auto id = submit(1, R"({"timeoutMs":5000,"backoffMs":100})");
  auto late = first.notes->grants.at(0);
  pass(7s);
  BOOST_REQUIRE_EQUAL(first.notes->renewals.size(), 1u);
  BOOST_TEST(first.notes->renewals[0].first == first.slots[0]);
  BOOST_REQUIRE_EQUAL(first.notes->grants.size(), 2u);
  BOOST_TEST(first.notes->grants[1]->slot == first.notes->renewals[0].second);
  work(late); // changes nothing
  BOOST_TEST(service.report(id).progress.processed == 0u);
  work(first.notes->grants[1]);
  BOOST_TEST(service.finish(id).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(a_slot_that_takes_too_long_again_rests_first) {
  first = enlist("far", 1);
  auto id = submit(1, R"({"timeoutMs":1000,"backoffMs":100})");
  pass(3s);
  BOOST_REQUIRE_EQUAL(first.notes->renewals.size(), 1u);
  pass(3s);
  pass(5s);
  BOOST_TEST(first.notes->renewals.size() == 1u);
  pass(6s);
  BOOST_REQUIRE_EQUAL(first.notes->renewals.size(), 2u);
  BOOST_TEST(first.notes->renewals[1].first == first.notes->renewals[0].second);
  work(first.notes->grants.back());
  BOOST_TEST(service.finish(id).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(a_slot_that_rests_is_gone_with_its_worker) {
  first = enlist("far", 1);
  submit(1, R"({"timeoutMs":1000})");
  pass(3s);
  pass(3s);
  end(first);
  second = enlist("near", 1);
  pass(60s);
  BOOST_TEST(first.notes->renewals.size() == 1u);
  BOOST_TEST(!second.notes->grants.empty());
}

BOOST_AUTO_TEST_CASE(a_retired_slot_ends_what_it_works_on_and_gets_no_more) {
  first = enlist("far", 1, 2);
  auto id = submit(4);
  BOOST_REQUIRE_EQUAL(first.notes->grants.size(), 2u);
  retire(first);
  BOOST_TEST(load("far") == 1u);
  second = enlist("near", 1);
  work_off(second);
  BOOST_TEST(!has_ended(service.report(id).progress.status));
  work(first.notes->grants[0]);
  BOOST_TEST(service.finish(id).progress.processed == 4u);
  BOOST_TEST(first.notes->grants.size() == 2u);
  BOOST_TEST(load("far") == 0u);
}

BOOST_AUTO_TEST_CASE(a_retired_slot_whose_node_ends_hands_back_what_it_had) {
  first = enlist("far", 1, 2);
  auto id = submit(2);
  retire(first);
  end(first);
  second = enlist("near", 2);
  work_off(second);
  BOOST_TEST(service.finish(id).progress.processed == 2u);
  // Nobody lost it, so no attempt is told of.
  BOOST_TEST(
    service.read_all(make_results_stream(store, service.report(id).spec.number))
      .find("attempts")
    == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_retired_slot_that_takes_too_long_is_not_renewed) {
  first = enlist("far", 1);
  auto id = submit(1, R"({"timeoutMs":20000})");
  retire(first);
  pass(30s);
  BOOST_TEST(first.notes->renewals.empty());
  second = enlist("near", 1);
  work_off(second);
  BOOST_TEST(service.finish(id).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(slots_of_a_worker_that_has_ended_are_gone_at_once) {
  auto dead = service.system.spawn(taker, std::make_shared<taker_notes>());
  caf::anon_send_exit(dead, caf::exit_reason::kill);
  service.scheduler.run();
  auto numbers = service.ask_actor<std::vector<slot_number>>(
    service.actors.dispatcher, atom::enlist_atom_v, dead,
    std::vector<slot_offer>{{job_type::import_things, {}, "x", "far", 1}});
  BOOST_TEST(numbers.has_value());
  auto id = submit(1);
  first = enlist("near", 1);
  work_off(first);
  BOOST_TEST(service.finish(id).progress.processed == 1u);
}

BOOST_AUTO_TEST_CASE(nodes_that_are_gone_are_not_counted_for_ever) {
  constexpr int nodes = 1100;
  auto id = submit(nodes);
  for (int i = 0; i < nodes; ++i) {
    auto x = enlist("node-" + std::to_string(i), 1);
    BOOST_REQUIRE_EQUAL(x.notes->grants.size(), 1u);
    if (i < nodes - 1)
      work(x.notes->grants[0]);
    else
      work_off(x);
    // What it holds goes back, and is not its fault.
    retire(x);
    end(x);
    pass(10s);
  }
  auto loads = service.ask_actor<node_loads>(service.actors.dispatcher,
                                             atom::load_atom_v);
  BOOST_REQUIRE(loads);
  BOOST_TEST(loads->size() <= 1000u);
  BOOST_TEST(items("node-" + std::to_string(nodes - 1)) > 0u);
  first = enlist("last", 1);
  work_off(first);
  BOOST_TEST(service.finish(id).progress.processed == unsigned{nodes});
}

BOOST_AUTO_TEST_CASE(a_worker_may_say_that_a_piece_of_a_slot_is_lost) {
  first = enlist("far", 1);
  auto id = submit(1);
  auto g = first.notes->grants.at(0);
  caf::anon_send(service.actors.dispatcher, atom::lost_atom_v, g->slot,
                 g->lease,
                 std::make_shared<const error>(
                   error{ec::worker_lost, "its process has ended"}));
  pass(100ms);
  BOOST_REQUIRE_EQUAL(first.notes->grants.size(), 2u);
  work(first.notes->grants[1]);
  BOOST_TEST(service.finish(id).progress.processed == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
