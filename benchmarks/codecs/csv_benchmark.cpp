// What does a row of a CSV export cost?

#include "benchmarks/things_data.hpp"
#include "codecs/csv.hpp"

#include <array>

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

std::string thing_text() {
  std::string text;
  bench::append_thing(text, {}, 42);
  return text;
}

void write_csv_field(benchmark::State& state, std::string_view text) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_csv_field(out, text);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations()
                          * static_cast<int64_t>(text.size()));
}

void write_csv_row(benchmark::State& state) {
  constexpr std::array<std::string_view, 5> columns{"ns", "id", "type",
                                                    "visibility", "content"};
  auto text = thing_text();
  csv_table table{columns};
  table.collect(text);
  std::string out;
  for (auto _ : state) {
    out.clear();
    table.append_row(out, text);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations()
                          * static_cast<int64_t>(text.size()));
}

BENCHMARK_CAPTURE(write_csv_field, plain, "a text of twenty-seven bytes");
BENCHMARK_CAPTURE(write_csv_field, quoted, "a text, \"twenty-seven\" bytes");
BENCHMARK(write_csv_row);

} // namespace
