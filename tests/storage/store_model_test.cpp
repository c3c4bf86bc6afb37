// Random batches against the simplest thing that can be right.
#include "storage/store.hpp"

#include "tests/storage/stores.hpp"

#include <array>
#include <cstdlib>
#include <random>

using namespace batch;
using namespace batch::test;

namespace {

using model = std::array<std::map<std::string, std::string>, family_count>;

/// The seed of this run; BATCH_TEST_SEED repeats one that failed.
uint64_t chosen_seed() {
  if (auto text = std::getenv("BATCH_TEST_SEED"))
    return std::strtoull(text, nullptr, 10);
  return std::random_device{}();
}

class random_changes {
public:
  explicit random_changes(uint64_t seed) : random_(seed) {}

  size_t below(size_t end) { return random_() % end; }

  family any_family() {
    // Not meta: the term is there.
    return static_cast<family>(1 + below(family_count - 1));
  }

  /// Few enough that batches meet the same keys again.
  std::string any_key() {
    constexpr char bytes[] = {'\0', '\x01', 'a', '\x7F', '\x80', '\xFF'};
    std::string key;
    do
      key.push_back(bytes[below(sizeof bytes)]);
    while (key.size() < 4 && below(3) > 0);
    return key;
  }

  std::string any_value() {
    return std::string(below(20) == 0 ? below(5000) : below(20),
                       static_cast<char>(random_()));
  }

  /// Makes a batch and does in the model what the store is to do.
  /// @returns whether its expectations hold.
  bool make_batch(write_batch& batch, model& wanted) {
    auto before = wanted;
    bool holds = true;
    std::vector<std::tuple<family, std::string, std::string>> ranges;
    auto after = wanted;
    if (below(4) == 0) {
      auto f = any_family();
      ranges.emplace_back(f, any_key(), any_key());
      auto& [_, from, to] = ranges.back();
      if (from < to) {
        auto& in = after[static_cast<size_t>(f)];
        in.erase(in.lower_bound(from), in.lower_bound(to));
      }
    }
    for (size_t i = below(30); i > 0; --i) {
      auto f = any_family();
      auto key = any_key();
      auto& in = after[static_cast<size_t>(f)];
      if (below(3) == 0) {
        batch.erase(f, key);
        in.erase(key);
      } else {
        auto value = any_value();
        batch.put(f, key, value);
        in[key] = value;
      }
    }
    for (auto& [f, from, to] : ranges)
      batch.erase_range(f, from, to);
    if (below(5) == 0) {
      auto f = any_family();
      auto key = any_key();
      auto& in = before[static_cast<size_t>(f)];
      auto found = in.find(key);
      if (below(2) == 0) {
        batch.expect(f, key, std::nullopt);
        holds = found == in.end();
      } else {
        auto value = found == in.end() ? any_value() : found->second;
        batch.expect(f, key, value);
        holds = found != in.end();
      }
    }
    if (holds)
      wanted = std::move(after);
    return holds;
  }

private:
  std::mt19937_64 random_;
};

row_list rows_between(const model& x, family f, const std::string& from,
                      const std::string& to) {
  row_list result;
  for (auto& row : x[static_cast<size_t>(f)])
    if (row.first >= from && (to.empty() || row.first < to))
      result.push_back(row);
  return result;
}

void check_all(const store_reader& s, const snapshot_ptr& view,
               const model& wanted, size_t page_bytes) {
  for (size_t i = 1; i < family_count; ++i) {
    auto f = static_cast<family>(i);
    BOOST_REQUIRE(
      (read_all(s, view, f, page_bytes) == rows_between(wanted, f, "", "")));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_model_test)

BOOST_AUTO_TEST_CASE_TEMPLATE(random_batches_do_what_maps_do, Kind, all_kinds) {
  auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("BATCH_TEST_SEED=" << seed) {
    random_changes random{seed};
    written<Kind> x;
    model wanted;
    model frozen;
    snapshot_ptr view;
    for (int round = 0; round < 1000; ++round) {
      write_batch batch;
      auto holds = random.make_batch(batch, wanted);
      auto d
        = random.below(50) == 0 ? durability::durable : durability::buffered;
      BOOST_REQUIRE(x.commit(batch, d)
                    == (holds ? commit_status::ok : commit_status::mismatch));

      auto f = random.any_family();
      auto from = random.any_key();
      auto to = random.below(3) == 0 ? "" : random.any_key();
      BOOST_REQUIRE((read_all(*x.store, nullptr, f, random.below(200), from, to)
                     == rows_between(wanted, f, from, to)));
      if (random.below(40) == 0) {
        if (view)
          check_all(*x.store, view, frozen, 1 + random.below(1000));
        view = x.store->take_snapshot();
        frozen = wanted;
      }
    }
    check_all(*x.store, nullptr, wanted, 1 << 20);
  }
}

BOOST_AUTO_TEST_SUITE_END()
