#include "benchmarks/report.hpp"
#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/work_folder.hpp"

#include <stdexcept>

namespace batch::bench {

namespace {

/// Submits until a job is caught in the middle; small ones can be over between
/// two looks at them. @returns its id.
std::string begin_import(service_client& client, things_body& body) {
  for (int tries = 0; tries < 20; ++tries) {
    auto id = client.submit(body);
    auto job = client.job(id);
    while (job.processed < body.things().count / 2)
      job = client.job(id);
    if (job.processed < body.things().count)
      return id;
  }
  throw std::runtime_error("the imports are over before they can be killed: "
                           "take more --items");
}

void measure_once(const bench_options& o, things_body& body, report& out) {
  namespace fs = std::filesystem;
  empty_folder(o.folder);
  server_process server{o.program, o.folder / "service"};
  std::string id;
  {
    service_client client{server.port()};
    id = begin_import(client, body);
    server.kill();
  }
  fs::copy(o.folder / "service", o.folder / "copy",
           fs::copy_options::recursive);
  auto ceiling = open_ceiling(o.folder / "copy");

  auto begin = steady::now();
  auto line = server.start();
  service_client client{server.port()};
  client.get("/readyz");
  auto ready = seconds_since(begin);
  auto done = client.job(id).processed;
  auto job = client.wait_for_end(id);
  auto ended = seconds_since(begin);
  if (job.status != "completed" || job.processed != o.things.count)
    throw std::runtime_error("the import did not complete after the restart");

  out.add({"ceiling", "RocksDB alone opens a copy", "s"}, ceiling);
  out.add({"line", "ready line after", "s"}, line);
  out.add({"ready", "/readyz answers 200 after", "s", "<= 1"}, ready);
  out.add({"ratio", "ratio", "x RocksDB alone"}, ready / ceiling);
  out.add({"open", "items still open then", "items"},
          static_cast<double>(o.things.count - done));
  out.add({"ended", "the import has completed after", "s"}, ended);
}

} // namespace

void measure_restart(const bench_options& o) {
  things_body body{o.things, body_form::ndjson};
  report out{"restart"};
  out.condition("items", std::to_string(o.things.count));
  out.condition("bytes", std::to_string(o.things.bytes));
  for (size_t i = 0; i < o.runs; ++i)
    measure_once(o, body, out);
  out.print();
}

} // namespace batch::bench
