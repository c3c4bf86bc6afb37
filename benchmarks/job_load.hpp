// Jobs of one item, sent over several connections by one thread.
#pragma once

#include "benchmarks/http_connection.hpp"
#include "benchmarks/statistics.hpp"
#include "benchmarks/things_data.hpp"

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace batch::bench {

struct load_options {
  int port = 0;
  /// Connections at most; they are made when they are needed.
  size_t connections = 16;
  size_t jobs = 1;
  /// Jobs per second: an open loop, in which a job is due at its time whatever
  /// became of those before it. 0: a closed loop, in which each connection
  /// sends its next job when it is done with the one before.
  double rate = 0;
  /// Whether the end of each job is waited for, by asking again and again on
  /// its connection; else only its acknowledgement. The pauses are a
  /// twentieth of the time that has passed, so that asking costs little and
  /// the answer is about that much too long.
  bool until_ended = false;
  /// If set, no more jobs are begun once it is true.
  const std::atomic<bool>* stop = nullptr;
  /// One thing a job; the count is not used.
  things_options things;
};

struct load_result {
  /// From the time a job was due (open loop) or sent (closed loop). A job that
  /// had to wait for a free connection has waited for the service, so that
  /// nothing is left out that a client would have seen.
  latencies acknowledged;
  latencies ended;
  /// Jobs answered with 429 or 503.
  size_t refused = 0;
  double seconds = 0;
};

/// Throws std::runtime_error if a job is answered in another way, or fails.
load_result run_load(const load_options& o);

} // namespace batch::bench
