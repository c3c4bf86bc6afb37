// What does an item cost on its way in?

#include "benchmarks/things_body.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"
#include "codecs/ndjson.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace batch;

constexpr size_t body_things = 1000;

std::string thing_of(size_t bytes) {
  bench::things_options o;
  o.bytes = bytes;
  std::string text;
  bench::append_thing(text, o, 42);
  return text;
}

bench::things_body body_of(bench::body_form form, size_t thing_bytes) {
  bench::things_options o;
  o.count = body_things;
  o.bytes = thing_bytes;
  return {o, form};
}

void count(benchmark::State& state, size_t items, size_t bytes) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(items));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes));
}

void check_json(benchmark::State& state) {
  auto text = thing_of(static_cast<size_t>(state.range(0)));
  json_reader reader;
  for (auto _ : state)
    benchmark::DoNotOptimize(reader.check(text));
  count(state, 1, text.size());
}

void read_thing(benchmark::State& state) {
  auto text = thing_of(static_cast<size_t>(state.range(0)));
  item_reader reader;
  for (auto _ : state)
    benchmark::DoNotOptimize(reader.thing(text));
  count(state, 1, text.size());
}

void split_json_body(benchmark::State& state) {
  auto made
    = body_of(bench::body_form::json, static_cast<size_t>(state.range(0)));
  auto body = bench::whole_body(made);
  for (auto _ : state)
    split_members(body, [](const json_member& member) {
      if (member.key == "items")
        split_elements(member.value, [](const json_member& item) {
          benchmark::DoNotOptimize(item.value);
          return true;
        });
      return true;
    });
  count(state, body_things, body.size());
}

void split_ndjson_body(benchmark::State& state) {
  // As long as what one read from a socket gives.
  constexpr size_t piece_bytes = 16 << 10;
  auto made
    = body_of(bench::body_form::ndjson, static_cast<size_t>(state.range(0)));
  auto body = bench::whole_body(made);
  for (auto _ : state) {
    ndjson_splitter lines{item_bytes_max};
    auto take = [](const ndjson_splitter::line& line) {
      benchmark::DoNotOptimize(line.text);
      return true;
    };
    for (size_t at = 0; at < body.size(); at += piece_bytes)
      lines.feed(std::string_view{body}.substr(at, piece_bytes), take);
    lines.finish(take);
  }
  count(state, body_things, body.size());
}

BENCHMARK(check_json)->ArgName("thing_bytes")->Arg(250)->Arg(1000);
BENCHMARK(read_thing)->ArgName("thing_bytes")->Arg(250)->Arg(1000);
BENCHMARK(split_json_body)->ArgName("thing_bytes")->Arg(250)->Arg(1000);
BENCHMARK(split_ndjson_body)->ArgName("thing_bytes")->Arg(250)->Arg(1000);

} // namespace
