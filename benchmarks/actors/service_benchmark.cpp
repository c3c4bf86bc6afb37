// What does the acknowledgement of a job of one item cost without HTTP and
// without a disk?

#include "actors/service.hpp"
#include "actors/service_client.hpp"
#include "actors/submission.hpp"
#include "benchmarks/things_data.hpp"
#include "storage/memory_store.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace batch;
using namespace std::chrono_literals;

struct bench_config : caf::actor_system_config {
  bench_config() {
    configure(*this);
    set("scheduler.policy", caf::atom("sharing")); // as batchd does
  }
};

void accept_one_item(benchmark::State& state) {
  bench_config config;
  caf::actor_system system{config};
  service_options options;
  for (auto type : job_types)
    options.slots[type] = 2;
  auto running = spawn_service(system, options, make_memory_store()).value();
  {
    service_client client{system, running.supervisor, 30s};
    size_t number = 0;
    std::string item;
    for (auto _ : state) {
      item.clear();
      bench::append_thing(item, {}, number++);
      submission upload{client};
      auto ok
        = upload.open({job_type::import_things, {}, {}}, item_source::submitted)
          && upload.add(item) && upload.close();
      if (!ok) {
        state.SkipWithError("the job was not accepted");
        break;
      }
    }
  }
  stop_service(system, running, 10s);
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(accept_one_item)->UseRealTime();

} // namespace
