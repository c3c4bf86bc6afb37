// What do the three calls of a store cost that every item needs?

#include "benchmarks/things_data.hpp"
#include "storage/keys.hpp"
#include "storage/memory_store.hpp"
#include "storage/rocksdb_store.hpp"

#include <filesystem>
#include <stdexcept>

#include <benchmark/benchmark.h>
#include <unistd.h>

namespace {

using namespace batch;
namespace fs = std::filesystem;

constexpr size_t chunk_items = 100;
constexpr size_t stored_chunks = 200;
constexpr size_t page_bytes = 256 << 10;

/// A store with a folder of its own, if it needs one.
class open_store {
public:
  explicit open_store(bool on_disk) {
    if (!on_disk) {
      store_ = make_memory_store();
    } else {
      folder_ = fs::temp_directory_path()
                / ("batch-micro-" + std::to_string(getpid()));
      rocksdb_options o;
      o.folder = folder_;
      store_ = open_rocksdb_store(o).value();
    }
    term_ = store_->take_over().value();
  }
  ~open_store() {
    store_.reset();
    std::error_code ignored;
    if (!folder_.empty())
      fs::remove_all(folder_, ignored);
  }
  open_store(const open_store&) = delete;
  open_store& operator=(const open_store&) = delete;

  store& operator*() { return *store_; }

  void commit(const write_batch& changes, durability d) {
    if (store_->commit(changes, d, term_) != commit_status::ok)
      throw std::runtime_error("a commit failed");
  }

private:
  fs::path folder_;
  store_ptr store_;
  uint64_t term_ = 0;
};

std::string key_of(size_t number) {
  char id[24];
  std::snprintf(id, sizeof id, "thing-%010zu", number);
  return keys::named("bench", id);
}

/// What a chunk of an import writes.
void put_chunk(write_batch& batch, size_t chunk) {
  std::string text;
  for (size_t i = 0; i < chunk_items; ++i) {
    auto number = chunk * chunk_items + i;
    text.clear();
    bench::append_thing(text, {}, number);
    batch.put(family::things, key_of(number), text);
  }
  batch.put(family::marks, keys::chunk(1, static_cast<uint32_t>(chunk)), "m");
  batch.put(family::jobs, keys::job_progress(1), "progress");
}

void fill(open_store& in) {
  for (size_t chunk = 0; chunk < stored_chunks; ++chunk) {
    write_batch batch;
    put_chunk(batch, chunk);
    in.commit(batch, durability::buffered);
  }
}

void commit_chunk(benchmark::State& state, bool on_disk, durability d) {
  open_store in{on_disk};
  size_t chunk = 0;
  write_batch batch;
  for (auto _ : state) {
    state.PauseTiming();
    batch.clear();
    put_chunk(batch, chunk++);
    state.ResumeTiming();
    in.commit(batch, d);
  }
  state.SetItemsProcessed(state.iterations() * chunk_items);
}

void scan_pages(benchmark::State& state, bool on_disk) {
  open_store in{on_disk};
  fill(in);
  size_t rows = 0;
  for (auto _ : state) {
    auto view = (*in).take_snapshot();
    std::string after;
    for (auto more = true; more;) {
      auto page = (*in).scan(view, family::things, "", "", after, page_bytes);
      rows += page->size();
      more = page->more;
      after = page->last_key();
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(rows));
}

void get_thing(benchmark::State& state, bool on_disk) {
  open_store in{on_disk};
  fill(in);
  // A prime that visits all of them, far from one another.
  size_t number = 0;
  for (auto _ : state) {
    number = (number + 7919) % (stored_chunks * chunk_items);
    benchmark::DoNotOptimize((*in).get(family::things, key_of(number)));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(commit_chunk, memory, false, durability::buffered);
BENCHMARK_CAPTURE(commit_chunk, rocksdb, true, durability::buffered);
BENCHMARK_CAPTURE(commit_chunk, rocksdb_synced, true, durability::durable)
  ->UseRealTime();
BENCHMARK_CAPTURE(scan_pages, memory, false);
BENCHMARK_CAPTURE(scan_pages, rocksdb, true);
BENCHMARK_CAPTURE(get_thing, memory, false);
BENCHMARK_CAPTURE(get_thing, rocksdb, true);

} // namespace
