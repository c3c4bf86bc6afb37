#include "actors/workers/worker.hpp"

#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

/// A chunk with one refused item between two good ones.
struct work_fixture {
  loaded_work load(chunk_ref ref) {
    chunk_builder builder{10, item_source::submitted};
    builder.add(R"({"ns":"n","id":"a","type":"T"})");
    builder.add_refused({ec::invalid_json, "line 2 is not JSON"}, "{oops");
    builder.add(R"({"ns":"n","id":"b","type":"T"})");
    write_batch batch;
    batch.put(family::chunks, keys::chunk(1, 0), builder.take());
    store->commit(batch, durability::durable, *store->take_over());
    job_spec spec;
    spec.number = 1;
    spec.total = 3;
    spec.chunks = 1;
    auto work = load_work(*store, *make_job_context(spec), ref);
    BOOST_REQUIRE(work);
    return std::move(*work);
  }

  store_ptr store = make_memory_store();
  worker_registry workers = builtin_workers(nullptr);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(work_test, work_fixture)

BOOST_AUTO_TEST_CASE(an_item_that_was_refused_fails_with_what_was_said_of_it) {
  auto worker = workers[job_type::import_things]();
  auto out = run_worker(*worker, load({0, 1, {}}), "import-1", "here");
  BOOST_TEST(out.done == (std::vector<uint32_t>{0, 2}),
             boost::test_tools::per_element());
  BOOST_REQUIRE_EQUAL(out.failures.size(), 1u);
  BOOST_TEST(out.failures[0].offset == 1u);
  BOOST_TEST(out.failures[0].why.code == ec::invalid_json);
  BOOST_TEST(out.failures[0].payload == "{oops");
  BOOST_TEST(out.worker == "import-1");
}

BOOST_AUTO_TEST_CASE(only_the_items_of_the_piece_are_worked_on) {
  auto worker = workers[job_type::import_things]();
  auto out = run_worker(*worker, load({0, 2, {2}}), "import-1", "here");
  BOOST_TEST(out.done == (std::vector<uint32_t>{2}),
             boost::test_tools::per_element());
  BOOST_TEST(out.failures.empty());
  BOOST_TEST(out.ref.round == 2u);
}

BOOST_AUTO_TEST_CASE(the_same_work_has_the_same_outcome_twice) {
  auto worker = workers[job_type::import_things]();
  auto work = load({0, 1, {}});
  auto first = run_worker(*worker, work, "import-1", "here");
  auto second = run_worker(*worker, work, "import-1", "here");
  BOOST_TEST(first.effects.data() == second.effects.data());
  BOOST_TEST(first.results == second.results, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_chunk_that_is_not_there_is_an_error_of_the_store) {
  job_spec spec;
  auto work = load_work(*store, *make_job_context(spec), {4, 1, {}});
  BOOST_REQUIRE(!work);
  BOOST_TEST(work.error().code == ec::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(a_lost_piece_fails_every_item_with_its_payload) {
  auto out = all_failed(load({0, 1, {}}), {ec::worker_lost, "gone"});
  BOOST_REQUIRE_EQUAL(out.failures.size(), 3u);
  BOOST_TEST(out.failures[0].why.code == ec::worker_lost);
  BOOST_TEST(out.failures[0].payload == R"({"ns":"n","id":"a","type":"T"})");
  // What can never succeed keeps its own reason.
  BOOST_TEST(out.failures[1].why.code == ec::invalid_json);
}

BOOST_AUTO_TEST_SUITE_END()
