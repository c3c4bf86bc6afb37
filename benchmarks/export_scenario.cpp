#include "benchmarks/report.hpp"
#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/work_folder.hpp"

#include <stdexcept>

namespace batch::bench {

namespace {

/// Lines of an export of so many things.
uint64_t expected_lines(const std::string& format, uint64_t things) {
  return format == "csv" ? things + 1 : things; // its header
}

} // namespace

void measure_export(const bench_options& o) {
  empty_folder(o.folder);
  things_body body{o.things, body_form::ndjson};
  import_ceiling(o.folder / "ceiling", body);
  server_process server{o.program, o.folder / "service"};
  service_client client{server.port()};
  client.run(body);
  server.reset_peak();

  report out{"export"};
  out.condition("format", o.format);
  out.condition("items", std::to_string(o.things.count));
  out.condition("bytes", std::to_string(o.things.bytes));
  auto items = static_cast<double>(o.things.count);
  for (size_t i = 0; i < o.runs; ++i) {
    uint64_t scanned = 0;
    auto ceiling = scan_ceiling(o.folder / "ceiling", scanned);
    auto before = server.usage();
    auto read = client.read_export("bench", o.format);
    auto used = server.usage().since(before);
    // JSON may stand in one line.
    if (scanned != o.things.count
        || (o.format != "json"
            && read.lines != expected_lines(o.format, o.things.count)))
      throw std::runtime_error("an export has lost rows");
    out.add({"ceiling", "ceiling", "things/s"}, items / ceiling);
    out.add({"service", "service", "things/s"}, items / read.seconds);
    out.add({"ratio", "ratio", "of the ceiling",
             o.format == "ndjson" ? ">= 0.7" : ""},
            ceiling / read.seconds);
    out.add({"bandwidth", "sent by the service", "MiB/s"},
            static_cast<double>(read.bytes) / (1 << 20) / read.seconds);
    out.add(used, items, "<= 400");
  }
  out.print();
}

} // namespace batch::bench
