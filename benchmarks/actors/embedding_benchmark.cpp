// How many texts does an embedder take, and how long are vectors compared?

#include "actors/embedders/embedder_set.hpp"
#include "actors/queries/vector_scores.hpp"

#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

constexpr std::string_view text
  = "a republic in the West Indies; located on the eastern two-thirds of the "
    "island of Hispaniola";

void embed_line(benchmark::State& state, const std::string& model) {
  auto e = open_embedder(model).value();
  for (auto _ : state)
    benchmark::DoNotOptimize(e->embed({&text, 1}));
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations()
                          * static_cast<int64_t>(text.size()));
}
BENCHMARK_CAPTURE(embed_line, glove, "static-glove-en-256");
BENCHMARK_CAPTURE(embed_line, lexical, "lexical-hash-384");

void compare_vectors(benchmark::State& state) {
  constexpr size_t dimensions = 256;
  auto count = static_cast<size_t>(state.range(0));
  std::minstd_rand random{1};
  std::vector<float> rows(count * dimensions);
  for (auto& x : rows)
    x = static_cast<float>(random() % 1000) / 1000;
  std::vector<float> query(rows.begin(), rows.begin() + dimensions);
  std::vector<float> scores(count);
  for (auto _ : state) {
    score_rows(query, rows.data(), scores);
    benchmark::DoNotOptimize(scores.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(compare_vectors)->ArgName("vectors")->Arg(10'000)->Arg(100'000);

} // namespace
