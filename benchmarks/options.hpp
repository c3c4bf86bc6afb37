// What a measurement can be told on the command line.
#pragma once

#include "benchmarks/things_body.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>

namespace batch::bench {

struct bench_options {
  things_options things;
  body_form form = body_form::json;
  /// Of an export: json, ndjson or csv.
  std::string format = "ndjson";
  size_t runs = 3;
  /// One-item jobs of a run, and the clients that send them in a closed loop.
  size_t jobs = 20'000;
  size_t clients = 16;
  /// Jobs per second of the open loop.
  double rate = 200;
  /// How long an open loop lasts.
  double seconds = 10;
  /// How long a soak lasts.
  double minutes = 10;
  /// Emptied by each run, and used for all data.
  std::filesystem::path folder;
  /// The batchd that is measured.
  std::filesystem::path program;
};

} // namespace batch::bench
