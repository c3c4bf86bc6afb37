// What does it cost to transform an item, in the language it is written in?
// Through the worker, chunk by chunk, with the results that are kept.

#include "actors/workers/worker.hpp"
#include "codecs/chunk.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

constexpr uint32_t chunk_items = 100;
constexpr size_t item_bytes = 200;

std::string item_of(uint32_t number) {
  auto n = std::to_string(number);
  std::string text = R"({"ns":"shop","id":"product-)" + n
                     + R"(","name":"Product number )" + n + R"(","price":)" + n
                     + R"(.25,"stock":17,"tags":["a","b"],"content":")";
  text.append(item_bytes - text.size() - 2, 'x');
  return text + "\"}";
}

loaded_work work_of(const std::string& transform) {
  auto store = make_memory_store();
  chunk_builder builder{chunk_items, item_source::submitted};
  for (uint32_t i = 0; i < chunk_items; ++i)
    builder.add(item_of(i));
  write_batch batch;
  batch.put(family::chunks, keys::chunk(1, 0), builder.take());
  store->commit(batch, durability::durable, *store->take_over());
  job_spec spec;
  spec.number = 1;
  spec.type = job_type::transform_data;
  spec.total = chunk_items;
  spec.chunks = 1;
  if (!transform.empty())
    spec.options = "{\"transform\":" + transform + "}";
  return *load_work(*store, *make_job_context(std::move(spec)), {});
}

void transform_items(benchmark::State& state, const std::string& transform,
                     transform_functions functions = {}) {
  auto workers = builtin_workers(nullptr, std::move(functions));
  auto worker = workers[job_type::transform_data]();
  auto work = work_of(transform);
  for (auto _ : state) {
    auto out = run_worker(*worker, work, "transform-1", "here");
    if (out.done.size() != chunk_items) {
      state.SkipWithError("an item has failed");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * chunk_items);
  state.SetBytesProcessed(state.iterations() * chunk_items * item_bytes);
}

void identity(benchmark::State& state) {
  transform_items(state, "");
}

/// {price: price * 1.1, name: upper(name)}, nothing else.
void steps(benchmark::State& state) {
  transform_items(state, R"({"steps":[{"pick":["price","name"]},
    {"arithmetic":{"price":"{price} * 1.1"}},{"upper":["name"]}]})");
}

/// The same, and the other members stay.
void steps_that_keep(benchmark::State& state) {
  transform_items(state, R"({"steps":[
    {"arithmetic":{"price":"{price} * 1.1"}},{"upper":["name"]}]})");
}

void lua(benchmark::State& state) {
  transform_items(state, R"({"lua":
    "return {price = item.price * 1.1, name = upper(item.name)}"})");
}

void lua_that_keeps(benchmark::State& state) {
  transform_items(state, R"({"lua":
    "item.price = item.price * 1.1 item.name = upper(item.name) return item"})");
}

/// Two scripts whose chunks come in turns: a state is made for each chunk.
void lua_in_turns(benchmark::State& state) {
  auto worker = builtin_workers(nullptr)[job_type::transform_data]();
  auto script = R"({"lua":
    "return {price = item.price * 1.1, name = upper(item.name)}"})";
  auto one = work_of(script);
  auto other = work_of(script);
  for (auto _ : state) {
    benchmark::DoNotOptimize(run_worker(*worker, one, "transform-1", "here"));
    benchmark::DoNotOptimize(run_worker(*worker, other, "transform-1", "here"));
  }
  state.SetItemsProcessed(state.iterations() * 2 * chunk_items);
}

void function(benchmark::State& state) {
  transform_items(state, R"({"function":"copy"})",
                  {{"copy", [](std::string_view item) -> expected<std::string> {
                      return std::string{item};
                    }}});
}

} // namespace

BENCHMARK(identity)->Name("transform_identity");
BENCHMARK(steps)->Name("transform_steps");
BENCHMARK(steps_that_keep)->Name("transform_steps_that_keep");
BENCHMARK(lua)->Name("transform_lua");
BENCHMARK(lua_that_keeps)->Name("transform_lua_that_keeps");
BENCHMARK(lua_in_turns)->Name("transform_lua_in_turns");
BENCHMARK(function)->Name("transform_function");
