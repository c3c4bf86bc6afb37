// What does the COMMITTER pay for joining units into one batch?

#include "actors/committer.hpp"
#include "benchmarks/things_data.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

constexpr uint32_t chunk_items = 100;

/// What a chunk of an import becomes.
commit_unit_ptr make_unit(uint32_t chunk) {
  commit_unit unit;
  std::string text;
  for (uint32_t i = 0; i < chunk_items; ++i) {
    auto number = chunk * chunk_items + i;
    text.clear();
    bench::append_thing(text, {}, number);
    unit.changes.put(family::things,
                     keys::named("bench", std::to_string(number)), text);
  }
  unit.changes.put(family::marks, keys::chunk(1, chunk), "mark");
  unit.changes.put(family::jobs, keys::job_progress(1), "progress");
  unit.job = 1;
  unit.chunk = chunk;
  return std::make_shared<const commit_unit>(std::move(unit));
}

void gather_units(benchmark::State& state) {
  auto in = make_memory_store();
  group_writer writer{in, in->take_over().value(), {}};
  std::vector<commit_unit_ptr> units;
  for (uint32_t i = 0; i < state.range(0); ++i)
    units.push_back(make_unit(i));
  int64_t taken = 0;
  for (auto _ : state) {
    taken += static_cast<int64_t>(writer.gather(units).value());
    writer.drop();
  }
  state.SetItemsProcessed(taken * chunk_items);
}

BENCHMARK(gather_units)->ArgName("units")->Arg(1)->Arg(8)->Arg(64);

} // namespace
