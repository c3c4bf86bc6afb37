#include "actors/cluster/wire_work.hpp"

#include "actors/embedders/embedder_set.hpp"
#include "actors/workers/worker.hpp"
#include "codecs/limits.hpp"
#include "codecs/results.hpp"
#include "codecs/stamped.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "tests/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace batch;

namespace {

/// Work of every kind, as a store gives it.
struct wire_fixture {
  wire_fixture() : term(*store->take_over()) {
    put_thing("a", R"({"ns":"n","id":"a","type":"T","content":"a sheep"})");
    put_thing("b", R"({"ns":"n","id":"b","type":"T"})");
  }

  void put_thing(std::string id, std::string text) {
    auto stamp = make_stamp(1, 0, text);
    write_batch batch;
    batch.put(family::things, keys::named("n", id),
              {{stamp.data(), stamp.size()}, text});
    store->commit(batch, durability::durable, term);
  }

  loaded_work load(job_type type, const std::vector<std::string>& items,
                   std::string options = {}, chunk_ref ref = {}) {
    chunk_builder builder{1000, item_source::submitted};
    for (const auto& x : items)
      builder.add(x);
    builder.add_refused({ec::invalid_json, "line 9 is not JSON"}, "{oops");
    job_spec spec;
    spec.number = 7;
    spec.id = make_job_id();
    spec.type = type;
    spec.options = std::move(options);
    spec.total = static_cast<uint32_t>(items.size() + 1);
    spec.chunks = 1;
    write_batch batch;
    batch.put(family::chunks, keys::chunk(7, 0), builder.take());
    store->commit(batch, durability::durable, term);
    auto work = load_work(*store, *make_job_context(spec), ref);
    BOOST_REQUIRE(work);
    return std::move(*work);
  }

  chunk_outcome run(const loaded_work& work) {
    auto worker = workers[work.job->spec.type.base]();
    auto out = run_worker(*worker, work, "w-1", "here");
    return out;
  }

  store_ptr store = make_memory_store();
  uint64_t term;
  embedder_set_ptr models = make_embedder_set();
  worker_registry workers = builtin_workers(models);
};

std::string results_of(const chunk_outcome& x) {
  std::string all;
  for (const auto& r : x.results)
    all += r;
  return all;
}

/// Everything but times.
void check_equal(const chunk_outcome& a, const chunk_outcome& b) {
  BOOST_TEST((a.ref == b.ref));
  BOOST_TEST(a.first_item == b.first_item);
  BOOST_TEST(a.done == b.done, boost::test_tools::per_element());
  BOOST_TEST(a.left_over == b.left_over, boost::test_tools::per_element());
  BOOST_TEST((results_of(a) == results_of(b)));
  BOOST_TEST(a.worker == b.worker);
  BOOST_TEST(a.node == b.node);
  BOOST_TEST(a.is_replay == b.is_replay);
  BOOST_REQUIRE_EQUAL(a.failures.size(), b.failures.size());
  for (size_t i = 0; i < a.failures.size(); ++i) {
    BOOST_TEST(a.failures[i].offset == b.failures[i].offset);
    BOOST_TEST(a.failures[i].why.code == b.failures[i].why.code);
    BOOST_TEST(a.failures[i].why.message == b.failures[i].why.message);
    BOOST_TEST(a.failures[i].payload == b.failures[i].payload);
    BOOST_TEST(a.failures[i].place.item == b.failures[i].place.item);
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(wire_work_test, wire_fixture)

BOOST_AUTO_TEST_CASE(work_done_elsewhere_comes_out_as_work_done_here) {
  auto named
    = [](std::string id) { return R"({"ns":"n","id":")" + id + "\"}"; };
  auto relationship = [](std::string to) {
    return R"({"ns":"n","id":"r","type":"T","fromNs":"n","fromId":"a",)"
           R"("toNs":"n","toId":")"
           + to + "\"}";
  };
  std::vector<loaded_work> works;
  works.push_back(load(job_type::import_things,
                       {R"({"ns":"n","id":"c","type":"T"})", R"({"ns":"n"})"}));
  works.push_back(load(job_type::import_relationships,
                       {relationship("b"), relationship("nobody")},
                       R"({"onMissingEndpoint":"fail"})"));
  works.push_back(load(job_type::export_things,
                       {named("a"), named("b"), named("a"), named("c")}));
  works.push_back(load(job_type::transform_data, {R"({"x":"y"})", "17"},
                       R"({"transform":{"steps":[{"upper":["x"]}]}})",
                       {0, 2, {0, 2}}));
  for (const auto& work : works) {
    job_context_ptr known;
    auto there = decode_work(encode_work(work), known);
    BOOST_REQUIRE_MESSAGE(there, (there ? "" : there.error().message));
    auto here = run(work);
    auto back = decode_outcome(encode_outcome(run(*there)), work);
    BOOST_REQUIRE_MESSAGE(back, (back ? "" : back.error().message));
    check_equal(here, *back);
    BOOST_TEST((here.effects.data() == back->effects.data()));
  }
}

BOOST_AUTO_TEST_CASE(what_is_known_of_an_embedding_travels) {
  auto first = run(load(job_type::generate_embeddings,
                        {R"({"ns":"n","id":"a"})", R"({"ns":"n","id":"b"})"}));
  BOOST_TEST(first.done.size() == 1u);
  store->commit(first.effects, durability::durable, term);
  auto work = load(job_type::generate_embeddings, {R"({"ns":"n","id":"a"})"});
  job_context_ptr known;
  auto there = decode_work(encode_work(work), known);
  BOOST_REQUIRE(there);
  auto again = run(*there);
  BOOST_TEST(again.effects.empty());
  BOOST_TEST(results_of(again).find("skipped") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_job_is_described_once_for_many_chunks) {
  auto work = load(job_type::transform_data, {"1"});
  job_context_ptr known;
  BOOST_REQUIRE(decode_work(encode_work(work), known));
  auto first = known;
  BOOST_REQUIRE(decode_work(encode_work(work), known));
  BOOST_TEST((known == first));
  auto other
    = load(job_type::transform_data, {"1"}, R"({"transform":{"steps":[]}})");
  BOOST_REQUIRE(decode_work(encode_work(other), known));
  BOOST_TEST((known != first));
}

BOOST_AUTO_TEST_CASE(an_outcome_of_other_items_is_refused) {
  auto work = load(job_type::transform_data, {"1", "2"});
  auto good = run(work);
  BOOST_REQUIRE(decode_outcome(encode_outcome(good), work));
  auto missing = run(work);
  missing.done.pop_back();
  auto twice = run(work);
  twice.done.push_back(twice.done[0]);
  auto unknown = run(work);
  unknown.done[0] = 77;
  auto both = run(work);
  both.left_over.push_back(both.done[0]);
  for (const auto* x : {&missing, &twice, &unknown, &both})
    BOOST_TEST(!decode_outcome(encode_outcome(*x), work));
}

BOOST_AUTO_TEST_CASE(an_outcome_changes_only_what_its_job_may) {
  auto work
    = load(job_type::import_things, {R"({"ns":"n","id":"c","type":"T"})"});
  for (auto f : {family::meta, family::jobs, family::marks, family::chunks,
                 family::relationships, family::embeddings, family::dead}) {
    auto out = run(work);
    out.effects.put(f, "key", "value");
    auto read = decode_outcome(encode_outcome(out), work);
    BOOST_REQUIRE(!read);
    BOOST_TEST(read.error().code == ec::internal);
  }
  auto range = run(work);
  range.effects.erase_range(family::things, "a", "z");
  BOOST_TEST(!decode_outcome(encode_outcome(range), work));
}

BOOST_AUTO_TEST_CASE(an_outcome_has_results_of_its_items_only) {
  auto work = load(job_type::transform_data, {"1", "2"});
  auto results = [](std::vector<uint32_t> items) {
    results_builder builder;
    for (auto item : items)
      builder.add(item, "1");
    return builder.take();
  };
  auto is_taken = [&](std::vector<std::string> records) {
    auto out = run(work);
    out.results = std::move(records);
    return decode_outcome(encode_outcome(out), work).has_value();
  };
  BOOST_TEST(is_taken({results({0, 1})}));
  BOOST_TEST(is_taken({results({0}), results({1})}));
  BOOST_TEST(is_taken({results({1})}));
  BOOST_TEST(is_taken({}));
  // The third item has failed, and there is no fourth one.
  BOOST_TEST(!is_taken({results({0, 1, 2})}));
  BOOST_TEST(!is_taken({results({3})}));
  BOOST_TEST(!is_taken({results({0}), results({0})}));
  BOOST_TEST(!is_taken({results({})}));
  BOOST_TEST(!is_taken({"no record"}));
}

BOOST_AUTO_TEST_CASE(what_an_outcome_says_is_text) {
  auto work = load(job_type::transform_data, {"1", "2"});
  auto out = run(work);
  BOOST_REQUIRE_EQUAL(out.failures.size(), 1u);
  out.failures[0].why.message = "bad \xff";
  auto read = decode_outcome(encode_outcome(out), work);
  BOOST_REQUIRE(read);
  BOOST_TEST(read->failures[0].why.message == "bad \xef\xbf\xbd");
  out.worker = "w\xff";
  BOOST_TEST(!decode_outcome(encode_outcome(out), work));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_work_are_refused) {
  auto good = encode_work(load(job_type::import_things, {"1"}));
  std::mt19937 random{1};
  for (int i = 0; i < 2000; ++i) {
    auto bytes = good;
    for (int n = 0; n < 3; ++n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (i % 3 == 0)
      bytes.resize(random() % bytes.size());
    job_context_ptr known;
    auto read = decode_work(bytes, known);
    BOOST_TEST((!read || bytes == good));
  }
}

BOOST_AUTO_TEST_SUITE_END()
