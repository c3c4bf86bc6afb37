#include "benchmarks/background_work.hpp"
#include "benchmarks/job_load.hpp"
#include "benchmarks/report.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/soak_jobs.hpp"
#include "benchmarks/work_folder.hpp"

#include <cmath>
#include <cstdio>
#include <deque>
#include <stdexcept>

#include <sys/stat.h>

namespace batch::bench {

namespace {

/// Jobs of the rounds that are kept before they are deleted.
constexpr size_t jobs_kept = 30;

/// What the disk holds for a folder. Files may go meanwhile.
double disk_mib(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code gone;
  double bytes = 0;
  for (fs::recursive_directory_iterator at{folder, gone}, end; at != end;
       at.increment(gone)) {
    struct stat found;
    if (stat(at->path().c_str(), &found) == 0 && S_ISREG(found.st_mode))
      bytes += 512.0 * static_cast<double>(found.st_blocks);
  }
  return bytes / (1 << 20);
}

struct progress {
  std::atomic<size_t> jobs = 0;
  std::atomic<size_t> items = 0;
};

/// Runs jobs of all types on and on, reads all formats of the namespace, and
/// deletes old jobs.
void run_rounds(const bench_options& o, int port, progress& done,
                const std::atomic<bool>& stop) {
  service_client client{port};
  std::deque<std::string> ended;
  for (size_t round = 0; !stop; ++round) {
    for (const auto& job : make_soak_jobs(round, o.things.count)) {
      auto id = client.submit(job.body);
      auto seen = client.wait_for_end(id);
      if (seen.processed != job.processed || seen.failed != job.failed)
        throw std::runtime_error("job " + id + " has the wrong outcome");
      ++done.jobs;
      done.items += seen.total;
      ended.push_back(id);
    }
    for (auto format : {"json", "ndjson", "csv"})
      client.read_export("soak", format);
    client.remove("/things/soak/" + soak_thing_of(round, o.things.count));
    for (; ended.size() > jobs_kept; ended.pop_front())
      client.remove("/batch/" + ended.front());
  }
}

/// The state at the end of a stretch of time.
struct stretch {
  double jobs_per_second;
  double items_per_second;
  double p99_ms;
  process_usage used;
  double disk;
};

stretch measure_stretch(const bench_options& o, const server_process& server,
                        double seconds, size_t first, progress& done,
                        const std::atomic<bool>& stop) {
  load_options load;
  load.port = server.port();
  load.connections = 64;
  load.jobs = static_cast<size_t>(std::ceil(o.rate * seconds));
  load.rate = o.rate;
  load.until_ended = true;
  load.stop = &stop;
  load.things = o.things;
  load.things.ns = "small";
  load.things.first = first;
  size_t jobs = done.jobs, items = done.items;
  auto small = run_load(load);
  jobs = done.jobs - jobs + small.ended.count();
  items = done.items - items + small.ended.count();
  return {static_cast<double>(jobs) / small.seconds,
          static_cast<double>(items) / small.seconds,
          small.ended.percentile(99) * 1000, server.usage(),
          disk_mib(o.folder / "service")};
}

void add_growth(report& out, const std::string& key, const std::string& text,
                const std::string& unit, double first, double last) {
  out.add({key + "First", text + ", first", unit}, first);
  out.add({key + "Last", text + ", last", unit}, last);
  out.add({key + "Growth", "  growth", "x"}, last / std::max(first, 1e-9));
}

} // namespace

void measure_soak(const bench_options& o) {
  empty_folder(o.folder);
  // What small jobs leave behind must not hide what leaks.
  server_process server{
    o.program, o.folder / "service", {"--retention-items", "50000"}};
  auto stretches = std::max(2.0, std::ceil(o.minutes));
  auto seconds = o.minutes * 60 / stretches;
  report out{"soak"};
  out.condition("minutes", std::to_string(o.minutes));
  out.condition("items", std::to_string(o.things.count));
  out.condition("rate", std::to_string(static_cast<size_t>(o.rate)));

  progress done;
  background_work rounds;
  rounds.start(
    [&](const auto& stop) { run_rounds(o, server.port(), done, stop); });
  std::printf("%8s %10s %12s %10s %12s %8s %10s\n", "seconds", "jobs/s",
              "items/s", "p99 ms", "resident MiB", "files", "disk MiB");
  std::vector<stretch> seen;
  for (size_t i = 0; i < static_cast<size_t>(stretches) && !rounds.stop();
       ++i) {
    auto first = i * static_cast<size_t>(o.rate * seconds + 1);
    seen.push_back(
      measure_stretch(o, server, seconds, first, done, rounds.stop()));
    const auto& x = seen.back();
    std::printf("%8.0f %10.1f %12.0f %10.2f %12.1f %8.0f %10.1f\n",
                static_cast<double>(i + 1) * seconds, x.jobs_per_second,
                x.items_per_second, x.p99_ms, x.used.memory_mib,
                x.used.open_files, x.disk);
    std::fflush(stdout);
  }
  rounds.finish();

  for (const auto& x : seen) {
    out.add({"items", "throughput", "items/s"}, x.items_per_second);
    out.add({"p99", "small jobs, completed, P99", "ms"}, x.p99_ms);
  }
  const auto &a = seen.front(), &b = seen.back();
  add_growth(out, "throughput", "throughput", "items/s", a.items_per_second,
             b.items_per_second);
  add_growth(out, "p99", "small jobs, P99", "ms", a.p99_ms, b.p99_ms);
  add_growth(out, "memory", "resident memory", "MiB", a.used.memory_mib,
             b.used.memory_mib);
  add_growth(out, "files", "open files", "files", a.used.open_files,
             b.used.open_files);
  add_growth(out, "disk", "disk", "MiB", a.disk, b.disk);
  out.print();
}

} // namespace batch::bench
