#include "actors/queries/search.hpp"

#include "actors/embedders/lexical_hash_embedder.hpp"
#include "actors/queries/vector_scores.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "tests/printing.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

constexpr size_t size = 8;

struct search_fixture {
  void commit(const write_batch& changes) {
    BOOST_REQUIRE((store->commit(changes, durability::buffered, term)
                   == commit_status::ok));
    changed->count(changes);
  }

  void put(const std::string& id, std::vector<float> vector,
           const std::string& type = "T", const std::string& model = "m") {
    write_batch changes;
    auto text = R"({"ns":"n","id":")" + id + R"(","type":")" + type + "\"}";
    auto stamp = make_stamp(1, 0, text);
    changes.put(family::things, keys::named("n", id),
                {{stamp.data(), stamp.size()}, text});
    changes.put(family::embeddings, keys::named("n", id),
                encode_record(embedding{model, "sha256:", 1, vector}));
    changes.put(family::meta, keys::namespace_model("n"),
                encode_record(namespace_model{"m", size, 1}));
    commit(changes);
  }

  expected<search_answer> find(search_request request) {
    request.ns = "n";
    return search(*store, cache, *models, request);
  }

  std::vector<std::string> ids(search_request request) {
    auto answer = find(std::move(request));
    BOOST_REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().message));
    std::vector<std::string> found;
    for (const auto& x : answer->results)
      found.push_back(x.id);
    return found;
  }

  std::vector<float> random_unit() {
    std::normal_distribution<float> normal;
    std::vector<float> x(size);
    float squares = 0;
    for (auto& n : x) {
      n = normal(random);
      squares += n * n;
    }
    for (auto& n : x)
      n /= std::sqrt(squares);
    return x;
  }

  std::mt19937 random{7};
  store_ptr store = make_memory_store();
  uint64_t term = *store->take_over();
  std::shared_ptr<vector_changes> changed = std::make_shared<vector_changes>();
  vector_cache cache{store, changed, 1 << 20};
  embedder_set_ptr models = make_embedder_set(make_lexical_hash_embedder());
};

std::vector<float> axis(size_t i, float x = 1, float rest = 0) {
  std::vector<float> v(size, rest);
  v[i] = x;
  return v;
}

search_request near(std::vector<float> vector, size_t k = 10) {
  search_request request;
  request.vector = std::move(vector);
  request.results_max = k;
  return request;
}

using names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(search_test, search_fixture)

BOOST_AUTO_TEST_CASE(a_table_of_several_blocks_is_one_table) {
  constexpr size_t dimensions = 16'384;
  constexpr size_t rows = vector_block_bytes / sizeof(float) / dimensions;
  constexpr size_t count = 2 * rows + 3;
  std::vector<float> vector(dimensions);
  for (size_t i = 0; i < count; ++i) {
    vector[0] = static_cast<float>(i);
    write_batch changes;
    changes.put(family::embeddings, keys::named("n", std::to_string(1000 + i)),
                encode_record(embedding{"m", "sha256:", 1, vector}));
    commit(changes);
  }
  vector_cache large{store, changed, 64 << 20};
  auto table = large.find("n", {"m", dimensions, 1});
  BOOST_REQUIRE(table && *table);
  BOOST_TEST((*table)->blocks.size() == 3u);
  BOOST_TEST((*table)->size() == count);
  BOOST_TEST((*table)->bytes() >= count * dimensions * sizeof(float));
  BOOST_TEST((*table)->bytes() < (count + 1) * dimensions * sizeof(float));
  std::vector<float> query(dimensions);
  query[0] = 2;
  std::vector<float> scores(count);
  (*table)->score(query, scores);
  for (size_t i = 0; i < count; ++i) {
    BOOST_TEST(scores[i] == static_cast<float>(2 * i));
    BOOST_TEST((*table)->id(i) == std::to_string(1000 + i));
  }
}

BOOST_AUTO_TEST_CASE(a_stopped_cache_reads_no_vectors_any_more) {
  put("a", axis(0));
  vector_cache stopped{store, changed, 1 << 20};
  vector_cache stopped_small{store, changed, 1};
  BOOST_TEST((ids(near(axis(0))) == names{"a"}));
  for (auto x : {&stopped, &stopped_small}) {
    x->stop();
    auto request = near(axis(0));
    request.ns = "n";
    auto answer = search(*store, *x, *models, request);
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == ec::shutting_down);
  }
}

BOOST_AUTO_TEST_CASE(products_are_the_same_for_every_length) {
  for (size_t n = 0; n < 200; ++n) {
    std::vector<float> a(n), b(n);
    double wanted = 0;
    for (size_t i = 0; i < n; ++i) {
      a[i] = static_cast<float>(i % 7) - 3;
      b[i] = static_cast<float>(i % 5) - 2;
      wanted += double{a[i]} * double{b[i]};
    }
    BOOST_TEST(double{inner_product(a.data(), b.data(), n)} == wanted);
  }
}

BOOST_AUTO_TEST_CASE(the_nearest_come_first) {
  put("a", axis(0));
  put("b", axis(1));
  put("c", {0.6F, 0.8F, 0, 0, 0, 0, 0, 0});
  BOOST_TEST((ids(near(axis(0))) == names{"a", "c", "b"}));
  BOOST_TEST((ids(near(axis(1, 5))) == names{"b", "c", "a"}));
  BOOST_TEST((ids(near(axis(1), 1)) == names{"b"}));
}

BOOST_AUTO_TEST_CASE(results_are_those_of_a_plain_comparison) {
  std::vector<std::pair<std::string, std::vector<float>>> all;
  for (int i = 0; i < 500; ++i) {
    all.emplace_back("id" + std::to_string(1000 + i), random_unit());
    put(all.back().first, all.back().second);
  }
  for (int round = 0; round < 10; ++round) {
    auto query = random_unit();
    auto by_score = all;
    std::ranges::sort(by_score, [&](const auto& a, const auto& b) {
      auto x = inner_product(query.data(), a.second.data(), size);
      auto y = inner_product(query.data(), b.second.data(), size);
      return x != y ? x > y : a.first < b.first;
    });
    names wanted;
    for (size_t i = 0; i < 300; ++i)
      wanted.push_back(by_score[i].first);
    // A query that is a unit vector already is not changed by more than a bit.
    BOOST_TEST((ids(near(query, 300)) == wanted));
  }
}

BOOST_AUTO_TEST_CASE(equally_near_ones_come_by_id) {
  for (auto id : {"c", "a", "d", "b"})
    put(id, axis(0));
  BOOST_TEST((ids(near(axis(0), 3)) == names{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(only_what_is_near_enough_and_of_the_type_is_found) {
  for (int i = 0; i < 100; ++i)
    put("x" + std::to_string(100 + i), axis(0), i == 77 ? "Rare" : "T");
  put("far", axis(1), "Rare");
  auto request = near(axis(0));
  request.type = "Rare";
  BOOST_TEST((ids(request) == names{"x177", "far"}));
  request.score_min = 0.5;
  BOOST_TEST((ids(request) == names{"x177"}));
  request.type = "None";
  BOOST_TEST(ids(request).empty());
}

BOOST_AUTO_TEST_CASE(what_was_written_is_found_and_what_was_erased_is_not) {
  put("a", axis(0));
  BOOST_TEST((ids(near(axis(0))) == names{"a"}));
  put("b", axis(0));
  BOOST_TEST((ids(near(axis(0))) == names{"a", "b"}));
  put("a", axis(1));
  BOOST_TEST((ids(near(axis(0))) == names{"b", "a"}));
  write_batch changes;
  changes.erase(family::things, keys::named("n", "b"));
  changes.erase(family::embeddings, keys::named("n", "b"));
  commit(changes);
  BOOST_TEST((ids(near(axis(0))) == names{"a"}));
}

BOOST_AUTO_TEST_CASE(a_vector_whose_thing_is_gone_is_no_result) {
  put("a", axis(0));
  put("b", axis(0));
  write_batch changes;
  changes.erase(family::things, keys::named("n", "a"));
  commit(changes);
  BOOST_TEST((ids(near(axis(0))) == names{"b"}));
}

BOOST_AUTO_TEST_CASE(too_many_vectors_for_the_cache_are_read_each_time) {
  vector_cache small{store, changed, 100};
  for (int i = 0; i < 50; ++i)
    put("x" + std::to_string(100 + i), random_unit());
  auto request = near(random_unit(), 50);
  request.ns = "n";
  auto cached = search(*store, cache, *models, request);
  auto streamed = search(*store, small, *models, request);
  BOOST_REQUIRE(cached);
  BOOST_REQUIRE(streamed);
  BOOST_REQUIRE_EQUAL(streamed->results.size(), 50u);
  for (size_t i = 0; i < 50; ++i) {
    BOOST_TEST(cached->results[i].id == streamed->results[i].id);
    BOOST_TEST(cached->results[i].score == streamed->results[i].score);
  }
}

BOOST_AUTO_TEST_CASE(vectors_of_other_models_are_counted_and_left_out) {
  put("a", axis(0));
  put("b", axis(0), "T", "another");
  auto answer = find(near(axis(0)));
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->results.size() == 1u);
  BOOST_TEST(answer->compared == 1u);
  BOOST_TEST(answer->others == 1u);
}

BOOST_AUTO_TEST_CASE(queries_of_another_model_are_refused) {
  put("a", axis(0));
  search_request text;
  text.text = "words";
  BOOST_TEST((find(text).error().code == ec::conflict));
  BOOST_TEST((find(near({1, 0})).error().code == ec::conflict));
  auto named = near(axis(0));
  named.model = "another";
  BOOST_TEST((find(named).error().code == ec::conflict));
  BOOST_TEST((find(near(axis(0, 0))).error().code == ec::invalid_request));
}

BOOST_AUTO_TEST_CASE(a_namespace_without_vectors_has_no_results) {
  auto answer = find(near(axis(0)));
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->results.empty());
  BOOST_TEST(!answer->model);
}

BOOST_AUTO_TEST_CASE(versions_of_many_namespaces_only_grow) {
  uint64_t last = 0;
  for (int i = 0; i < 25'000; ++i) {
    write_batch changes;
    changes.erase(family::embeddings, keys::named(std::to_string(i), "x"));
    changes.erase(family::embeddings, keys::named("mine", "x"));
    changed->count(changes);
    auto now = changed->version_of("mine");
    BOOST_REQUIRE(now > last);
    last = now;
  }
}

BOOST_AUTO_TEST_SUITE_END()
