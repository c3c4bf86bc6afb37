// What the measurements ask of a running service, over HTTP.
#pragma once

#include <cstdint>
#include <string>

namespace batch::bench {

struct import_times {
  /// From the first byte sent to the acknowledgement.
  double acknowledged = 0;
  /// From the first byte sent to the end of the job.
  double completed = 0;
};

/// Submits a body and waits until its job has ended; throws
/// std::runtime_error if it did not end `completed`.
import_times submit_and_wait(int port, const std::string& body);

/// Reads an export to its end and throws it away.
/// @returns seconds; `bytes` and `rows` become what was read.
double read_export(int port, const std::string& ns, uint64_t& bytes,
                   uint64_t& rows);

} // namespace batch::bench
