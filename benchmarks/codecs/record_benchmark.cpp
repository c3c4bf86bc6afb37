// What do the records on disk cost to make and to read?

#include "benchmarks/things_data.hpp"
#include "codecs/chunk.hpp"
#include "codecs/job.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

std::string thing_text() {
  std::string text;
  bench::append_thing(text, {}, 42);
  return text;
}

std::string build_chunk(const std::string& item) {
  chunk_builder builder{chunk_items_default, item_source::submitted};
  for (uint32_t i = 0; i < chunk_items_default; ++i)
    builder.add(item);
  return builder.take();
}

void write_chunk(benchmark::State& state) {
  auto text = thing_text();
  for (auto _ : state)
    benchmark::DoNotOptimize(build_chunk(text));
  state.SetItemsProcessed(state.iterations() * chunk_items_default);
}

void read_chunk(benchmark::State& state) {
  auto record = build_chunk(thing_text());
  for (auto _ : state)
    benchmark::DoNotOptimize(chunk::read(record));
  state.SetItemsProcessed(state.iterations() * chunk_items_default);
}

void stamp_thing(benchmark::State& state) {
  auto text = thing_text();
  for (auto _ : state)
    benchmark::DoNotOptimize(make_stamp(1, 2, text));
  state.SetBytesProcessed(state.iterations()
                          * static_cast<int64_t>(text.size()));
}

void write_job_progress(benchmark::State& state) {
  job_progress progress;
  progress.processed = 1'000'000;
  for (auto _ : state)
    benchmark::DoNotOptimize(encode_record(progress));
}

void read_job_progress(benchmark::State& state) {
  auto record = encode_record(job_progress{});
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_record<job_progress>(record));
}

BENCHMARK(write_chunk);
BENCHMARK(read_chunk);
BENCHMARK(stamp_thing);
BENCHMARK(write_job_progress);
BENCHMARK(read_job_progress);

} // namespace
