// Measures the service beside the raw ceiling of libraries and hardware, both
// in one run, so that a noisy machine disturbs both.
//
//   batch_bench import --items 100000 --runs 5
//   batch_bench export --items 100000 --runs 5
//
// Prints a table and one line of JSON.

#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/server_process.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/things_data.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <vector>

#include <CLI/CLI.hpp>

namespace {

using namespace batch::bench;
namespace fs = std::filesystem;

struct bench_options {
  things_options things;
  size_t runs = 3;
  fs::path folder = fs::temp_directory_path() / "batch-bench";
  fs::path program;
};

/// The figures of one run.
struct run {
  double ceiling = 0;
  double service = 0;
  double acknowledged = 0;
  process_usage usage;
  uint64_t bytes = 0;
};

double median(std::vector<double> xs) {
  std::ranges::sort(xs);
  return xs[xs.size() / 2];
}

std::vector<double> collect(const std::vector<run>& runs,
                            const std::function<double(const run&)>& get) {
  std::vector<double> xs;
  for (const auto& x : runs)
    xs.push_back(get(x));
  return xs;
}

/// One row: median, lowest and highest.
void print_row(const char* what, std::vector<double> xs, const char* unit) {
  auto [low, high] = std::ranges::minmax(xs);
  std::printf("  %-28s %12.3f %12.3f %12.3f  %s\n", what, median(xs), low, high,
              unit);
}

void report(const char* scenario, const bench_options& o,
            const std::vector<run>& runs) {
  auto items = static_cast<double>(o.things.count);
  auto per_second = [&](double run::*seconds) {
    return collect(runs, [=](const run& x) { return items / (x.*seconds); });
  };
  auto ratios
    = collect(runs, [](const run& x) { return x.ceiling / x.service; });
  std::printf("%s: %zu things of %zu B%s, %zu runs\n", scenario, o.things.count,
              o.things.bytes, o.things.shuffled ? ", shuffled" : "",
              runs.size());
  std::printf("  %-28s %12s %12s %12s\n", "", "median", "lowest", "highest");
  print_row("ceiling", per_second(&run::ceiling), "things/s");
  print_row("service", per_second(&run::service), "things/s");
  print_row("ratio", ratios, "of the ceiling");
  if (runs.front().acknowledged > 0)
    print_row("acknowledged after",
              collect(runs, [](const run& x) { return x.acknowledged; }), "s");
  print_row(
    "CPU of the service",
    collect(runs,
            [=](const run& x) { return x.usage.cpu_seconds / items * 1e6; }),
    "us/thing");
  print_row("peak memory of the service",
            collect(runs, [](const run& x) { return x.usage.peak_memory_mib; }),
            "MiB");
  print_row("written by the service",
            collect(runs, [](const run& x) { return x.usage.written_mib; }),
            "MiB");
  std::string json;
  batch::json_writer w{json};
  w.begin_object().key("scenario").string(scenario);
  w.key("items").number(uint64_t{o.things.count});
  w.key("bytes").number(uint64_t{o.things.bytes});
  w.key("ceilingPerSecond").number(median(per_second(&run::ceiling)));
  w.key("servicePerSecond").number(median(per_second(&run::service)));
  w.key("ratio").number(median(ratios)).end_object();
  std::printf("%s\n", json.c_str());
}

/// A body with room behind it to be parsed in place.
std::string padded_submission(const things_options& o) {
  auto body = make_submission(o);
  body.reserve(body.size() + batch::json_padding);
  return body;
}

void measure_import(const bench_options& o) {
  auto body = padded_submission(o.things);
  std::vector<run> runs;
  for (size_t i = 0; i < o.runs; ++i) {
    run x;
    fs::remove_all(o.folder);
    x.ceiling = import_ceiling(o.folder / "ceiling", body);
    fs::remove_all(o.folder);
    server_process server{o.program, o.folder / "service"};
    auto times = submit_and_wait(server.port(), body);
    x.service = times.completed;
    x.acknowledged = times.acknowledged;
    x.usage = server.usage();
    runs.push_back(x);
  }
  report("import", o, runs);
}

void measure_export(const bench_options& o) {
  auto body = padded_submission(o.things);
  fs::remove_all(o.folder);
  import_ceiling(o.folder / "ceiling", body);
  server_process server{o.program, o.folder / "service"};
  submit_and_wait(server.port(), body);
  std::vector<run> runs;
  auto before = server.usage();
  for (size_t i = 0; i < o.runs; ++i) {
    run x;
    uint64_t scanned = 0, rows = 0;
    x.ceiling = scan_ceiling(o.folder / "ceiling", scanned);
    x.service = read_export(server.port(), "bench", x.bytes, rows);
    if (rows != o.things.count || scanned != o.things.count)
      throw std::runtime_error("an export has lost rows");
    x.usage = server.usage();
    x.usage.cpu_seconds -= before.cpu_seconds;
    before = server.usage();
    runs.push_back(x);
  }
  report("export", o, runs);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures the service beside its raw ceiling"};
  bench_options o;
  o.program = fs::read_symlink("/proc/self/exe").parent_path() / "batchd";
  std::string scenario = "all";
  app.add_option("scenario", scenario, "import, export or all")
    ->check(CLI::IsMember({"import", "export", "all"}));
  app.add_option("--items", o.things.count)->capture_default_str();
  app.add_option("--bytes", o.things.bytes)->capture_default_str();
  app.add_flag("--shuffled", o.things.shuffled);
  app.add_option("--runs", o.runs)->check(CLI::Range(1, 100));
  app.add_option("--folder", o.folder, "Emptied and used for the data");
  app.add_option("--batchd", o.program)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    if (scenario != "export")
      measure_import(o);
    if (scenario != "import")
      measure_export(o);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "batch_bench: %s\n", e.what());
    return 1;
  }
  std::error_code ignored;
  fs::remove_all(o.folder, ignored);
}
