#include "benchmarks/report.hpp"
#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/work_folder.hpp"

namespace batch::bench {

namespace {

void measure_once(const bench_options& o, things_body& body, report& out) {
  auto items = static_cast<double>(o.things.count);
  empty_folder(o.folder);
  auto ceiling = chunks_ceiling(o.folder / "chunks", body);
  empty_folder(o.folder);
  server_process server{o.program, o.folder / "service"};
  service_client client{server.port()};
  auto idle = server.usage();
  // The identity, and nothing is kept of it: what is left is the engine.
  auto times
    = client.run(body, "transform-data", R"({"keepResults":"errors"})");
  auto used = server.usage().since(idle);
  out.add({"ceiling", "ceiling", "items/s"}, items / ceiling);
  out.add({"service", "service", "items/s"}, items / times.completed);
  out.add({"ratio", "ratio", "of the ceiling"}, ceiling / times.completed);
  out.add({"ack", "acknowledged after", "s"}, times.acknowledged);
  out.add({"run", "from acknowledged to completed", "items/s"},
          items / (times.completed - times.acknowledged));
  out.add(used, items);
}

} // namespace

void measure_noop(const bench_options& o) {
  things_body body{o.things, body_form::ndjson};
  report out{"noop"};
  out.condition("items", std::to_string(o.things.count));
  out.condition("bytes", std::to_string(o.things.bytes));
  for (size_t i = 0; i < o.runs; ++i)
    measure_once(o, body, out);
  out.print();
}

} // namespace batch::bench
