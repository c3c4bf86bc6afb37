// The service on a store that does all the harm it may, from seeds.

#include "actors/service.hpp"

#include "storage/hostile_store.hpp"
#include "tests/actors/service_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <random>

using namespace batch;
using namespace batch::test;
namespace data = boost::unit_test::data;

namespace {

/// Names stand in many chunks, so that the order of effects shows.
std::vector<std::string> mixed_items(uint64_t seed, size_t count) {
  std::mt19937_64 random{seed};
  std::vector<std::string> items;
  for (size_t i = 0; i < count; ++i)
    items.push_back(
      random() % 20 == 0
        ? R"({"ns":"n","broken":true})"
        : thing("n", std::to_string(random() % 50), static_cast<int>(i)));
  return items;
}

/// What an undisturbed service makes of the items.
std::string expected_export(const std::vector<std::string>& items) {
  virtual_service calm{make_memory_store()};
  calm.run(job_type::import_things, items, R"({"chunkSize":7})");
  return calm.export_of("n");
}

size_t broken(const std::vector<std::string>& items) {
  return static_cast<size_t>(std::ranges::count_if(
    items, [](const std::string& x) { return x.find("broken") != x.npos; }));
}

void check_end(const job_report& report, const std::vector<std::string>& items,
               const store_reader& store) {
  BOOST_TEST(report.progress.failed == broken(items));
  BOOST_TEST(report.progress.processed + report.progress.failed
             == items.size());
  auto counters = read_counters(store);
  BOOST_REQUIRE(counters);
  BOOST_TEST(counters->items == items.size());
  BOOST_TEST(counters->dead_letters == broken(items));
  BOOST_TEST(counters->of(job_status::pending) == 0u);
  BOOST_TEST(counters->of(job_status::processing) == 0u);
}

} // namespace

BOOST_DATA_TEST_CASE(writes_that_fail_for_a_while_change_no_outcome,
                     data::xrange(30), seed) {
  auto items = mixed_items(static_cast<uint64_t>(seed), 300);
  hostile_options harm;
  harm.seed = static_cast<uint64_t>(seed) + 1;
  harm.retry_permille = 150;
  harm.unknown_permille = 150;
  auto store = make_hostile_store(harm);
  virtual_service service{store};
  auto report
    = service.run(job_type::import_things, items, R"({"chunkSize":7})");
  check_end(report, items, *store);
  BOOST_TEST(service.export_of("n") == expected_export(items));
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_new_jobs_and_delays_those_accepted) {
  hostile_options harm;
  harm.no_space_permille = 400;
  auto store = make_hostile_store(harm);
  virtual_service service{store};
  size_t refused = 0;
  for (int i = 0; i < 40; ++i) {
    auto id = service.submit(job_type::import_things,
                             {thing("n", std::to_string(i))});
    if (!id) {
      BOOST_TEST(id.error().code == ec::storage_full);
      ++refused;
    } else
      BOOST_TEST(service.finish(*id).progress.processed == 1u);
  }
  BOOST_TEST(refused > 0u);
  BOOST_TEST(refused < 40u);
  auto text = service.export_of("n");
  BOOST_TEST(static_cast<size_t>(std::ranges::count(text, '\n'))
             == 40 - refused);
}

BOOST_DATA_TEST_CASE(after_a_power_cut_the_job_ends_as_if_nothing_had_been,
                     data::xrange(30), seed) {
  std::mt19937_64 random{static_cast<uint64_t>(seed)};
  auto items = mixed_items(static_cast<uint64_t>(seed), 300);
  auto store = make_hostile_store({});
  job_id id;
  {
    virtual_service first{store};
    auto submitted
      = first.submit(job_type::import_things, items, R"({"chunkSize":7})");
    BOOST_REQUIRE(submitted);
    id = *submitted;
  }
  // Cuts at several points of the way: each service does a few steps only.
  for (int cut = 0; cut < 3; ++cut) {
    virtual_service service{store};
    for (auto steps = random() % 200; steps > 0; --steps)
      if (!service.scheduler.try_run_once())
        break;
    store->cut_power(random() % (store->buffered_commits() + 1));
  }
  virtual_service last{store};
  check_end(last.finish(id), items, *store);
  BOOST_TEST(last.export_of("n") == expected_export(items));
}

BOOST_AUTO_TEST_CASE(a_service_whose_store_was_taken_over_ends) {
  auto store = make_hostile_store({});
  auto o = small_service();
  bool ended = false;
  o.on_fatal = [&](const error& why) {
    ended = true;
    BOOST_TEST(why.code == ec::storage_failure);
  };
  virtual_service service{store, o};
  store->depose();
  auto id = service.submit(job_type::import_things, {thing("n", "a")});
  BOOST_REQUIRE(!id);
  BOOST_TEST(ended);
}
