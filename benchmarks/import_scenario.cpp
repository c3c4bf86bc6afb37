#include "benchmarks/receive_ceiling.hpp"
#include "benchmarks/report.hpp"
#include "benchmarks/rocksdb_ceiling.hpp"
#include "benchmarks/scenarios.hpp"
#include "benchmarks/service_client.hpp"
#include "benchmarks/work_folder.hpp"
#include "codecs/limits.hpp"

#include <stdexcept>

namespace batch::bench {

namespace {

/// The service refuses JSON bodies beyond its limit, so it is told a larger
/// one where that is needed.
std::vector<std::string> limits_for(const things_body& body) {
  if (body.format().form != body_form::json
      || body.bytes() <= json_body_bytes_max)
    return {};
  auto mib = (body.bytes() >> 20) + 1;
  if (mib > json_bodies_bytes_max >> 20)
    throw std::runtime_error("a JSON body of " + std::to_string(mib)
                             + " MiB: the service takes up to "
                             + std::to_string(json_bodies_bytes_max >> 20)
                             + " MiB; take fewer --items, or --form ndjson");
  return {"--body-max", std::to_string(mib)};
}

void measure_once(const bench_options& o, things_body& body, report& out) {
  auto items = static_cast<double>(o.things.count);
  auto limits = limits_for(body);
  empty_folder(o.folder);
  auto ceiling = import_ceiling(o.folder / "import", body);
  empty_folder(o.folder);
  auto receive = receive_ceiling(o.folder / "receive", body);
  empty_folder(o.folder);
  server_process server{o.program, o.folder / "service", limits};
  service_client client{server.port()};
  auto idle = server.usage();
  auto times = client.run(body);
  auto used = server.usage().since(idle);

  out.add({"ceiling", "ceiling", "things/s"}, items / ceiling);
  out.add({"service", "service", "things/s"}, items / times.completed);
  out.add({"ratio", "ratio", "of the ceiling", ">= 0.8"},
          ceiling / times.completed);
  out.add({"ceilingAck", "receive and sync alone", "s"}, receive);
  out.add({"ack", "acknowledged after", "s"}, times.acknowledged);
  out.add({"ackRatio", "ratio", "x receive and sync", "<= 1.5"},
          times.acknowledged / receive);
  // A JSON body is held whole.
  out.add(used, items, o.form == body_form::json ? "" : "<= 400");
  out.add({"writeAmplification", "bytes written for each sent", "x"},
          used.written_mib * (1 << 20) / static_cast<double>(body.bytes()));
}

} // namespace

void measure_import(const bench_options& o) {
  things_body body{o.things, o.form};
  report out{"import"};
  out.condition("form", std::string{body.format().name});
  out.condition("items", std::to_string(o.things.count));
  out.condition("bytes", std::to_string(o.things.bytes));
  out.condition("ids", o.things.shuffled ? "shuffled" : "ascending");
  for (size_t i = 0; i < o.runs; ++i)
    measure_once(o, body, out);
  out.print();
}

} // namespace batch::bench
