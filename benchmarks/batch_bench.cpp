// Measures the service beside the raw ceiling of libraries and hardware, both
// in one run, so that a noisy machine disturbs both. See README.md.
//
//   batch_bench import --form ndjson --items 1000000 --runs 5
//   batch_bench small-jobs --clients 16 --rate 200
//
// Each scenario prints a table and one line of JSON.

#include "benchmarks/scenarios.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace {

using namespace batch::bench;
namespace fs = std::filesystem;

struct scenario {
  std::string name;
  void (*measure)(const bench_options&);
  /// Part of `all`: those that take seconds.
  bool is_short = true;
};

const scenario scenarios[] = {
  {"import", measure_import},    {"small-jobs", measure_small_jobs},
  {"noop", measure_noop},        {"export", measure_export},
  {"restart", measure_restart},  {"mixed", measure_mixed},
  {"soak", measure_soak, false},
};

std::vector<std::string> scenario_names() {
  std::vector<std::string> names{"all"};
  for (const auto& x : scenarios)
    names.push_back(x.name);
  return names;
}

/// What the command line says besides the options of the scenarios.
struct command {
  std::string scenario = "all";
  std::string form{body_formats.front().name};
  fs::path parent = fs::temp_directory_path();
};

void add_options(CLI::App& app, bench_options& o, command& c) {
  std::vector<std::string> forms;
  for (const auto& x : body_formats)
    forms.emplace_back(x.name);
  app
    .add_option("scenario", c.scenario,
                "What to measure; all: everything but soak")
    ->check(CLI::IsMember(scenario_names()))
    ->capture_default_str();
  app.add_option("--items", o.things.count, "Things of an import or export")
    ->check(CLI::Range(size_t{1}, size_t{10'000'000'000}))
    ->capture_default_str();
  app.add_option("--bytes", o.things.bytes, "Bytes of the JSON of one thing")
    ->check(CLI::Range(thing_bytes_min, size_t{1'000'000}))
    ->capture_default_str();
  app.add_flag("--shuffled", o.things.shuffled, "Ids in random order");
  app.add_option("--form", c.form, "What an import sends")
    ->check(CLI::IsMember(forms))
    ->capture_default_str();
  app.add_option("--format", o.format, "What an export asks for")
    ->check(CLI::IsMember({"json", "ndjson", "csv"}))
    ->capture_default_str();
  app.add_option("--jobs", o.jobs, "Jobs of one item in a run of small-jobs")
    ->check(CLI::Range(size_t{1}, size_t{100'000'000}))
    ->capture_default_str();
  app.add_option("--clients", o.clients, "Clients that send them in turns")
    ->check(CLI::Range(1, 200))
    ->capture_default_str();
  app.add_option("--rate", o.rate, "Jobs a second of the open loop")
    ->check(CLI::Range(1.0, 100'000.0))
    ->capture_default_str();
  app.add_option("--seconds", o.seconds, "How long an open loop lasts")
    ->check(CLI::Range(0.1, 86'400.0))
    ->capture_default_str();
  app.add_option("--minutes", o.minutes, "How long a soak lasts")
    ->check(CLI::Range(0.01, 100'000.0))
    ->capture_default_str();
  app.add_option("--runs", o.runs, "How often it is measured")
    ->check(CLI::Range(1, 1000))
    ->capture_default_str();
  app
    .add_option("--folder", c.parent,
                "Data goes to its subfolder batch-bench, which is emptied")
    ->capture_default_str();
  app.add_option("--batchd", o.program, "The program that is measured")
    ->capture_default_str();
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures the service beside its raw ceiling"};
  bench_options o;
  o.program = fs::read_symlink("/proc/self/exe").parent_path() / "batchd";
  command c;
  add_options(app, o, c);
  CLI11_PARSE(app, argc, argv);
  // A name of its own, so that two calls never empty each other's data.
  o.folder = c.parent / ("batch-bench-" + std::to_string(getpid()));
  for (const auto& x : body_formats)
    if (x.name == c.form)
      o.form = x.form;
  try {
    for (const auto& x : scenarios)
      if (c.scenario == x.name || (c.scenario == "all" && x.is_short))
        x.measure(o);
  } catch (const std::exception& e) {
    std::fprintf(stderr,
                 "batch_bench %s: %s\nThe data and logs are left in %s\n",
                 c.scenario.c_str(), e.what(), o.folder.c_str());
    return 1;
  }
  std::error_code ignored;
  fs::remove_all(o.folder, ignored);
}
