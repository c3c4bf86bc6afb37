#include "benchmarks/background_work.hpp"
#include "benchmarks/job_load.hpp"
#include "benchmarks/report.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/work_folder.hpp"

#include <cmath>

namespace batch::bench {

namespace {

constexpr auto health_pause = std::chrono::milliseconds{20};

/// Things of a name of its own, each import with new ids.
things_options imported(const bench_options& o, size_t round) {
  auto things = o.things;
  things.ns = "mixed";
  things.first = round * o.things.count;
  return things;
}

/// Imports on and on. @returns things per second.
double import_until(const bench_options& o, int port,
                    const std::atomic<bool>& stop) {
  service_client client{port};
  double things = 0;
  auto begin = steady::now();
  for (size_t round = 0; round == 0 || !stop; ++round) {
    things_body body{imported(o, round), body_form::ndjson};
    client.run(body);
    things += static_cast<double>(o.things.count);
  }
  return things / seconds_since(begin);
}

/// Exports on and on. @returns lines per second.
double export_until(int port, const std::atomic<bool>& stop) {
  service_client client{port};
  double lines = 0;
  auto begin = steady::now();
  for (size_t round = 0; round == 0 || !stop; ++round)
    lines += static_cast<double>(client.read_export("bench", "ndjson").lines);
  return lines / seconds_since(begin);
}

/// Asks at fixed times whether the service is well (open loop).
latencies ask_health_until(int port, const std::atomic<bool>& stop) {
  service_client client{port};
  latencies times;
  for (auto due = steady::now(); !stop; due += health_pause) {
    std::this_thread::sleep_until(due);
    client.get("/health");
    times.add(std::chrono::duration<double>(steady::now() - due).count());
  }
  return times;
}

/// Jobs of one item at the rate, for some seconds.
load_result run_small_jobs(const bench_options& o, int port,
                           const std::atomic<bool>& stop) {
  load_options load;
  load.port = port;
  load.connections = 64;
  load.jobs = static_cast<size_t>(std::ceil(o.rate * o.seconds));
  load.rate = o.rate;
  load.until_ended = true;
  load.stop = &stop;
  load.things = o.things;
  load.things.ns = "small";
  return run_load(load);
}

void measure_once(const bench_options& o, report& out) {
  empty_folder(o.folder);
  server_process server{o.program, o.folder / "service"};
  auto port = server.port();
  things_body stored{o.things, body_form::ndjson};
  service_client{port}.run(stored);

  // Each alone.
  const std::atomic<bool> once = true;
  auto import_alone = import_until(o, port, once);
  auto export_alone = export_until(port, once);
  latencies health_alone, health;
  background_work beside;
  beside.start(
    [&](const auto& stop) { health_alone = ask_health_until(port, stop); });
  auto small_alone = run_small_jobs(o, port, beside.stop());
  beside.finish();

  // All at once.
  double import_mixed = 0, export_mixed = 0;
  background_work all;
  all.start(
    [&](const auto& stop) { import_mixed = import_until(o, port, stop); });
  all.start([&](const auto& stop) { export_mixed = export_until(port, stop); });
  all.start([&](const auto& stop) { health = ask_health_until(port, stop); });
  auto small = run_small_jobs(o, port, all.stop());
  all.finish();

  out.add("smallAlone", "small jobs alone, completed", small_alone.ended);
  out.add("small", "small jobs beside it, completed", small.ended);
  out.add({"refused", "  refused", "jobs"}, static_cast<double>(small.refused));
  out.add("healthAlone", "/health alone", health_alone);
  out.add("health", "/health beside it", health);
  out.add({"importAlone", "import alone", "things/s"}, import_alone);
  out.add({"import", "import beside it", "things/s"}, import_mixed);
  out.add({"importRatio", "  ratio", "of alone"}, import_mixed / import_alone);
  out.add({"exportAlone", "export alone", "things/s"}, export_alone);
  out.add({"export", "export beside it", "things/s"}, export_mixed);
  out.add({"exportRatio", "  ratio", "of alone"}, export_mixed / export_alone);
  out.add({"peakMemory", "peak memory of the service", "MiB", "<= 400"},
          server.usage().peak_memory_mib);
}

} // namespace

void measure_mixed(const bench_options& o) {
  report out{"mixed"};
  out.condition("items", std::to_string(o.things.count));
  out.condition("bytes", std::to_string(o.things.bytes));
  out.condition("rate", std::to_string(static_cast<size_t>(o.rate)));
  for (size_t i = 0; i < o.runs; ++i)
    measure_once(o, out);
  out.print();
}

} // namespace batch::bench
