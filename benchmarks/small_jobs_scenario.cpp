#include "benchmarks/job_load.hpp"
#include "benchmarks/report.hpp"
#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/work_folder.hpp"

#include <charconv>
#include <cmath>
#include <thread>

namespace batch::bench {

namespace {

/// Before, between and behind the loops, so that a disk that is slow for a
/// while is slow for both. Enough for a median; a twentieth of a second here.
constexpr size_t syncs = 300;
/// More than an open loop ever needs at once, unless the service falls behind.
constexpr size_t open_loop_connections = 64;

void wait_until_completed(service_client& client, size_t jobs) {
  for (;;) {
    auto body = client.get("/stats").body;
    auto text = first_member(body, "completed");
    size_t completed = 0;
    std::from_chars(text.begin(), text.end(), completed);
    if (completed >= jobs)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

/// As many as the clients can, in turns; counted when all have ended.
/// @returns jobs per second.
double measure_closed_loop(const bench_options& o, report& out) {
  server_process server{o.program, o.folder / "closed"};
  service_client client{server.port()};
  auto jobs = static_cast<double>(o.jobs);
  auto before = server.usage();
  load_options load;
  load.port = server.port();
  load.connections = o.clients;
  load.jobs = o.jobs;
  load.things = o.things;
  auto begin = steady::now();
  auto result = run_load(load);
  wait_until_completed(client, o.jobs - result.refused);
  auto seconds = seconds_since(begin);
  auto used = server.usage().since(before);
  out.add({"jobs", "closed loop, completed", "jobs/s", ">= 5000"},
          jobs / seconds);
  out.add("closedAck", "  acknowledged", result.acknowledged);
  out.add({"refused", "  refused", "jobs"},
          static_cast<double>(result.refused));
  out.add(used, jobs);
  return jobs / seconds;
}

/// At a rate; each job is watched until its end.
/// @returns the median of the seconds until then.
double measure_open_loop(const bench_options& o, report& out) {
  server_process server{o.program, o.folder / "open"};
  load_options load;
  load.port = server.port();
  load.connections = open_loop_connections;
  load.jobs = static_cast<size_t>(std::ceil(o.rate * o.seconds));
  load.rate = o.rate;
  load.until_ended = true;
  load.things = o.things;
  auto result = run_load(load);
  out.add("ack", "open loop, acknowledged", result.acknowledged);
  out.add("ended", "open loop, completed", result.ended);
  return result.ended.percentile(50);
}

} // namespace

void measure_small_jobs(const bench_options& o) {
  report out{"small-jobs"};
  out.condition("jobs", std::to_string(o.jobs));
  out.condition("clients", std::to_string(o.clients));
  out.condition("rate", std::to_string(static_cast<size_t>(o.rate)));
  out.condition("bytes", std::to_string(o.things.bytes));
  for (size_t i = 0; i < o.runs; ++i) {
    empty_folder(o.folder);
    latencies sync;
    auto add_syncs = [&] { sync.add(sync_ceiling(o.folder / "sync", syncs)); };
    add_syncs();
    auto jobs_per_second = measure_closed_loop(o, out);
    add_syncs();
    auto ended = measure_open_loop(o, out);
    add_syncs();
    auto sync_seconds = sync.percentile(50);
    out.add("sync", "one synced write", sync);
    out.add({"jobsPerSync", "closed loop, jobs in the time of one", "jobs"},
            jobs_per_second * sync_seconds);
    out.add(
      {"endedSyncs", "open loop, completed, P50 in syncs", "syncs", "<= 4"},
      ended / sync_seconds);
  }
  out.print();
}

} // namespace batch::bench
