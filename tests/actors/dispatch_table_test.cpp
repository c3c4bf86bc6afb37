#include "actors/dispatch_table.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

job_context_ptr job(uint64_t number, std::string options = {},
                    job_kind type = job_type::import_things) {
  job_spec spec;
  spec.number = number;
  spec.type = std::move(type);
  spec.options = std::move(options);
  auto made = make_job_context(std::move(spec));
  BOOST_REQUIRE(made);
  return *made;
}

std::vector<chunk_ref> pieces(uint32_t count) {
  std::vector<chunk_ref> refs;
  for (uint32_t i = 0; i < count; ++i)
    refs.push_back({i, 1, {}});
  return refs;
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_is_granted_beyond_the_credit_of_the_slots) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 2);
  t.offer(job(1), 0, pieces(5));
  auto grants = t.assign(0);
  BOOST_REQUIRE_EQUAL(grants.size(), 2u);
  BOOST_TEST(t.assign(0).empty());
  BOOST_TEST(t.finish(slot, grants[0].lease, 0).has_value());
  BOOST_TEST(t.assign(0).size() == 1u);
  BOOST_TEST(t.granted() == 2u);
}

BOOST_AUTO_TEST_CASE(work_goes_only_to_slots_of_its_type) {
  dispatch_table t;
  t.add_slot(job_type::generate_embeddings, 1);
  t.offer(job(1), 0, pieces(1));
  BOOST_TEST(t.assign(0).empty());
  t.add_slot(job_type::import_things, 1);
  BOOST_TEST(t.assign(0).size() == 1u);
}

BOOST_AUTO_TEST_CASE(types_of_ones_own_have_slots_of_their_own) {
  dispatch_table t;
  job_kind resize{job_type::custom, "resize"}, rotate{job_type::custom, "rot"};
  auto slot = t.add_slot(resize, 1);
  t.offer(job(1, {}, rotate), 0, pieces(1));
  BOOST_TEST(t.assign(0).empty());
  t.offer(job(2, {}, resize), 0, pieces(1));
  auto grants = t.assign(0);
  BOOST_REQUIRE_EQUAL(grants.size(), 1u);
  BOOST_TEST(grants[0].slot == slot);
  BOOST_TEST(grants[0].job->spec.number == 2u);
  BOOST_TEST(t.withdraw(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_least_loaded_slot_is_served_first) {
  dispatch_table t;
  t.add_slot(job_type::import_things, 2);
  t.add_slot(job_type::import_things, 2);
  t.offer(job(1), 0, pieces(2));
  auto grants = t.assign(0);
  BOOST_TEST(grants[0].slot != grants[1].slot);
}

BOOST_AUTO_TEST_CASE(a_place_that_has_lost_workers_is_served_last) {
  dispatch_table t;
  auto doubtful = t.add_slot(job_type::import_things, 1, 2);
  auto good = t.add_slot(job_type::import_things, 1);
  t.offer(job(1), 0, pieces(5));
  auto grants = t.assign(0);
  BOOST_REQUIRE_EQUAL(grants.size(), 2u);
  BOOST_TEST(grants[0].slot == good);
  BOOST_TEST(grants[1].slot == doubtful);
  // What has come back from it speaks for it.
  t.finish(good, grants[0].lease, 0);
  t.finish(doubtful, grants[1].lease, 0);
  BOOST_TEST(t.assign(0).at(0).slot == doubtful);
}

BOOST_AUTO_TEST_CASE(a_late_double_or_foreign_outcome_finds_no_lease) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 1);
  t.offer(job(1), 0, pieces(2));
  auto g = t.assign(0)[0];
  BOOST_TEST(!t.finish(slot + 1, g.lease, 0).has_value());
  BOOST_TEST(!t.finish(slot, g.lease + 1, 0).has_value());
  BOOST_TEST(t.finish(slot, g.lease, 0).has_value());
  BOOST_TEST(!t.finish(slot, g.lease, 0).has_value());
  t.remove_slot(slot);
  BOOST_TEST(!t.finish(slot, g.lease, 0).has_value());
}

BOOST_AUTO_TEST_CASE(leases_begin_above_those_of_earlier_runs) {
  dispatch_table t{5ULL << 32};
  t.add_slot(job_type::import_things, 1);
  t.offer(job(1), 0, pieces(1));
  BOOST_TEST(t.assign(0)[0].lease >= 5ULL << 32);
}

BOOST_AUTO_TEST_CASE(jobs_share_slots_in_turn) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 1);
  t.offer(job(1), 0, pieces(100));
  for (int i = 0; i < 10; ++i)
    t.finish(slot, t.assign(0)[0].lease, 0);
  t.offer(job(2), 0, pieces(1));
  // The newcomer waits for one piece of the old job at most.
  auto first = t.assign(0)[0];
  t.finish(slot, first.lease, 0);
  auto second = t.assign(0)[0];
  BOOST_TEST((first.job->spec.number == 2 || second.job->spec.number == 2));
}

BOOST_AUTO_TEST_CASE(priority_weighs_the_share) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 1);
  t.offer(job(1), 10, pieces(1000));
  t.offer(job(2), 0, pieces(1000));
  int high = 0;
  for (int i = 0; i < 200; ++i) {
    auto g = t.assign(0)[0];
    high += g.job->spec.number == 1;
    t.finish(slot, g.lease, 0);
  }
  // 1.25 to the tenth is 9.3: about 9 of 10, and the other one never starves.
  BOOST_TEST(high >= 175);
  BOOST_TEST(high <= 185);
}

BOOST_AUTO_TEST_CASE(a_job_that_was_away_does_not_catch_up) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 1);
  auto early = job(1), busy = job(2);
  t.offer(early, 0, pieces(1));
  t.finish(slot, t.assign(0)[0].lease, 0);
  t.offer(busy, 0, pieces(100));
  for (int i = 0; i < 50; ++i)
    t.finish(slot, t.assign(0)[0].lease, 0);
  t.offer(early, 0, pieces(50));
  int turns = 0;
  for (int i = 0; i < 20; ++i) {
    auto g = t.assign(0)[0];
    turns += g.job->spec.number == 1;
    t.finish(slot, g.lease, 0);
  }
  BOOST_TEST(turns >= 9);
  BOOST_TEST(turns <= 11);
}

BOOST_AUTO_TEST_CASE(a_removed_slot_gives_back_what_it_held_in_order) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 3);
  t.offer(job(1), 0, pieces(3));
  auto grants = t.assign(0);
  auto held = t.remove_slot(slot);
  BOOST_REQUIRE_EQUAL(held.size(), 3u);
  for (size_t i = 0; i < 3; ++i)
    BOOST_TEST(held[i].lease == grants[i].lease);
  BOOST_TEST(t.granted() == 0u);
  BOOST_TEST(t.remove_slot(slot).empty());
}

BOOST_AUTO_TEST_CASE(only_the_piece_that_is_worked_on_can_be_overdue) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 2);
  t.offer(job(1, R"({"timeoutMs":1000})"), 0, pieces(2));
  auto grants = t.assign(0);
  BOOST_TEST(t.overdue(1000).empty());
  BOOST_TEST(t.overdue(1001).size() == 1u);
  t.finish(slot, grants[0].lease, 1001);
  BOOST_TEST(t.overdue(2001).empty()); // its time began at 1001
  BOOST_TEST(t.overdue(2002).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_withdrawn_job_is_granted_nothing_more) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 1);
  t.offer(job(1), 0, pieces(5));
  auto g = t.assign(0)[0];
  BOOST_TEST(t.withdraw(1).size() == 4u);
  BOOST_TEST(t.finish(slot, g.lease, 0).has_value());
  BOOST_TEST(t.assign(0).empty());
}

BOOST_AUTO_TEST_CASE(a_retired_slot_keeps_what_it_works_on_and_gets_nothing) {
  dispatch_table t;
  auto slot = t.add_slot(job_type::import_things, 3);
  t.offer(job(1), 0, pieces(5));
  auto grants = t.assign(0);
  auto back = t.retire_slot(slot);
  BOOST_REQUIRE_EQUAL(back.size(), 2u);
  BOOST_TEST(back[0].lease == grants[1].lease);
  BOOST_TEST(back[1].lease == grants[2].lease);
  BOOST_TEST(t.granted() == 1u);
  BOOST_TEST(t.held_by(slot) == 1u);
  BOOST_TEST(t.assign(0).empty());
  BOOST_TEST(!t.finish(slot, back[0].lease, 0).has_value());
  BOOST_TEST(t.finish(slot, grants[0].lease, 0).has_value());
  BOOST_TEST(t.held_by(slot) == 0u);
  BOOST_TEST(t.assign(0).empty());
  BOOST_TEST(t.remove_slot(slot).empty());
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_not_there_holds_nothing) {
  dispatch_table t;
  BOOST_TEST(t.held_by(1) == 0u);
  BOOST_TEST(t.retire_slot(1).empty());
}
