// What does it cost to bring one piece of work to a slot and back, with so
// many jobs at once?

#include "actors/dispatch_table.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

constexpr uint32_t window = 64;

job_context_ptr make_job(uint64_t number) {
  job_spec spec;
  spec.number = number;
  return make_job_context(std::move(spec)).value();
}

void grant_and_finish(benchmark::State& state) {
  dispatch_table table;
  table.add_slot(job_type::import_things, 2);
  table.add_slot(job_type::import_things, 2);
  for (int64_t i = 0; i < state.range(0); ++i) {
    std::vector<chunk_ref> pieces;
    for (uint32_t chunk = 0; chunk < window; ++chunk)
      pieces.push_back({chunk, 1, {}});
    table.offer(make_job(static_cast<uint64_t>(i) + 1), 0, std::move(pieces));
  }
  auto grants = table.assign(0);
  for (auto _ : state) {
    auto done = std::move(grants.front());
    table.finish(done.slot, done.lease, 0);
    // Its job brings the next piece, so that the table stays as it is.
    table.offer(done.job, 0, {done.ref});
    auto more = table.assign(0);
    grants.erase(grants.begin());
    grants.insert(grants.end(), more.begin(), more.end());
  }
  state.SetItemsProcessed(state.iterations());
}

void offer_and_withdraw(benchmark::State& state) {
  dispatch_table table;
  for (int64_t i = 1; i < state.range(0); ++i)
    table.offer(make_job(static_cast<uint64_t>(i)), 0, {{0, 1, {}}});
  auto job = make_job(static_cast<uint64_t>(state.range(0)));
  for (auto _ : state) {
    table.offer(job, 0, {{0, 1, {}}});
    benchmark::DoNotOptimize(table.withdraw(job->spec.number));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(grant_and_finish)->ArgName("jobs")->Arg(1)->Arg(100)->Arg(10'000);
BENCHMARK(offer_and_withdraw)->ArgName("jobs")->Arg(1)->Arg(100)->Arg(10'000);

} // namespace
