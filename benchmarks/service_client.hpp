// What the measurements ask of a running service, over HTTP.
#pragma once

#include "benchmarks/http_connection.hpp"
#include "benchmarks/things_body.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace batch::bench {

struct job_times {
  /// From the first byte sent to the acknowledgement.
  double acknowledged = 0;
  /// From the first byte sent to the end of the job. Told by asking again and
  /// again, less and less often: up to a hundredth too long.
  double completed = 0;
};

/// What a measurement wants to know of a job.
struct job_view {
  std::string status;
  uint64_t total = 0;
  uint64_t processed = 0;
  uint64_t failed = 0;
};

struct export_read {
  double seconds = 0;
  uint64_t bytes = 0;
  uint64_t lines = 0;
};

/// One client on one connection. Whatever is not answered as expected is a
/// std::runtime_error that holds the answer. Thread-safety: none.
class service_client {
public:
  explicit service_client(int port) : connection_(port) {}

  /// Submits a body and answers the id of the job.
  /// @param type and `options` (JSON) stand in the path; the body of a JSON
  /// submission holds its type itself.
  std::string submit(things_body& body, std::string_view type = "import-things",
                     std::string_view options = {});
  /// Submits a JSON document.
  std::string submit(std::string_view json);

  job_view job(const std::string& id);
  /// Waits for the end of a job, whichever it is.
  job_view wait_for_end(const std::string& id);

  /// Submits and waits; the job must complete with every item.
  job_times run(things_body& body, std::string_view type = "import-things",
                std::string_view options = {});

  /// Reads an export to its end and throws it away.
  export_read read_export(std::string_view ns, std::string_view format);

  http_answer get(std::string_view path);
  /// Deletes what the path names; waits while something else is changing dead
  /// letters.
  void remove(std::string_view path);

private:
  http_answer ask(std::string_view request);

  http_connection connection_;
};

/// The id in the answer to a submission.
std::string accepted_job(const http_answer& answer);

/// The number or text of the member of this name that comes first in a JSON
/// text; empty if there is none. Cheap: for answers of the service only.
std::string_view first_member(std::string_view json, std::string_view name);

} // namespace batch::bench
