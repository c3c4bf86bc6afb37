#include "storage/hostile_store.hpp"

#include "tests/storage/stores.hpp"

using namespace batch;
using namespace batch::test;

namespace {

struct hostile_fixture {
  explicit hostile_fixture(hostile_options o = {})
    : store(make_hostile_store(o)), term(must(store->take_over())) {}

  commit_status put(std::string_view key, durability d = durability::buffered) {
    return store->commit(put_one(family::things, key, "v"), d, term);
  }

  std::string keys() {
    std::string result;
    for (auto& row : read_all(*store, family::things))
      result += row.first;
    return result;
  }

  std::shared_ptr<hostile_store> store;
  uint64_t term;
};

/// The statuses of some commits, as a text.
std::string history(uint64_t seed) {
  hostile_options o;
  o.seed = seed;
  o.retry_permille = 200;
  o.unknown_permille = 200;
  o.no_space_permille = 200;
  hostile_fixture x{o};
  std::string result;
  for (int i = 0; i < 100; ++i)
    result += std::string{to_string(x.put(std::to_string(i)))} + " ";
  return result + x.keys();
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_store_test)

BOOST_AUTO_TEST_CASE(the_same_seed_does_the_same_harm) {
  BOOST_TEST(history(1) == history(1));
  BOOST_TEST(history(1) != history(2));
}

BOOST_AUTO_TEST_CASE(retry_and_no_space_change_nothing) {
  hostile_options retry;
  retry.retry_permille = 1000;
  hostile_fixture x{retry};
  BOOST_TEST(x.put("a") == commit_status::retry);
  BOOST_TEST(x.keys() == "");

  hostile_options no_space;
  no_space.no_space_permille = 1000;
  hostile_fixture y{no_space};
  BOOST_TEST(y.put("a") == commit_status::no_space);
  BOOST_TEST(y.keys() == "");
}

BOOST_AUTO_TEST_CASE(unknown_commits_are_sometimes_applied_and_sometimes_not) {
  hostile_options o;
  o.unknown_permille = 1000;
  hostile_fixture x{o};
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(x.put(std::to_string(i)) == commit_status::unknown);
  auto applied = read_all(*x.store, family::things).size();
  BOOST_TEST(applied > 0u);
  BOOST_TEST(applied < 100u);
}

BOOST_AUTO_TEST_CASE(a_power_cut_keeps_what_is_durable_and_some_of_the_rest) {
  hostile_fixture x;
  x.put("a");
  x.put("b", durability::durable);
  x.put("c");
  x.put("d");
  BOOST_TEST(x.store->buffered_commits() == 2u);
  x.store->cut_power(1);
  BOOST_TEST(x.keys() == "abc");
  BOOST_TEST(x.store->buffered_commits() == 0u);
  // Life goes on, under the same term.
  BOOST_TEST(x.put("e") == commit_status::ok);
  x.store->cut_power(0);
  BOOST_TEST(x.keys() == "abc");
}

BOOST_AUTO_TEST_CASE(a_power_cut_may_spare_everything) {
  hostile_fixture x;
  x.put("a");
  x.put("b");
  x.store->cut_power(100);
  BOOST_TEST(x.keys() == "ab");
}

BOOST_AUTO_TEST_CASE(an_empty_durable_commit_covers_all_before_it) {
  hostile_fixture x;
  x.put("a");
  BOOST_TEST(x.store->commit({}, durability::durable, x.term)
             == commit_status::ok);
  x.store->cut_power(0);
  BOOST_TEST(x.keys() == "a");
}

BOOST_AUTO_TEST_CASE(a_term_is_not_lost_in_a_power_cut) {
  hostile_fixture x;
  x.store->cut_power(0);
  BOOST_TEST(must(x.store->take_over()) == x.term + 1);
}

BOOST_AUTO_TEST_CASE(a_deposed_writer_stays_out_until_it_takes_over) {
  hostile_fixture x;
  x.put("a");
  x.store->depose();
  BOOST_TEST(x.put("b") == commit_status::stale_term);
  BOOST_TEST(x.put("b", durability::durable) == commit_status::stale_term);
  auto next = must(x.store->take_over());
  BOOST_TEST(next == x.term + 2);
  x.term = next;
  BOOST_TEST(x.put("c") == commit_status::ok);
  BOOST_TEST(x.keys() == "ac");
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_is_gone_stays_gone) {
  hostile_options o;
  o.snapshot_gone_permille = 500;
  hostile_fixture x{o};
  auto view = x.store->take_snapshot();
  auto scan
    = [&] { return x.store->scan(view, family::things, "", "", "", 100); };
  while (scan())
    ; // until chance strikes, which the seed decides
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(code_of(scan()) == ec::snapshot_gone);
}

BOOST_AUTO_TEST_CASE(a_power_cut_ends_the_snapshots_before_it) {
  hostile_fixture x;
  auto before = x.store->take_snapshot();
  x.store->cut_power(0);
  BOOST_TEST(code_of(x.store->scan(before, family::things, "", "", "", 100))
             == ec::snapshot_gone);
  auto after = x.store->take_snapshot();
  BOOST_TEST(
    must(x.store->scan(after, family::things, "", "", "", 100)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
