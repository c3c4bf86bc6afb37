// The progress of a job as one line of text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace batch::cli {

/// What is shown while a job runs.
struct job_progress_view {
  /// The state of the contract, e.g. "running"; free of control characters.
  std::string state;
  uint64_t total = 0;
  /// Succeeded or failed for good.
  uint64_t done = 0;
  uint64_t failed = 0;
  uint64_t retrying = 0;
  double items_per_second = 0;
  std::optional<uint64_t> seconds_left;
};

/// E.g. "12.3 %"; never "100.0 %" before everything is done.
std::string percent_text(uint64_t done, uint64_t total);
/// E.g. "312000 items/s", "0.4 items/s".
std::string rate_text(double items_per_second);
/// E.g. "0:03", "12:00", "3:00:00".
std::string duration_text(uint64_t seconds);

/// E.g. "running: 123 of 1000 items, 12.3 %, 300 items/s, 0:03 left, 2 failed".
std::string progress_line(const job_progress_view& x);

/// E.g. "[####......] 40.0 %  400/1000  300 items/s  0:02 left", at most
/// `columns` wide: the bar takes what the numbers leave, and is left out where
/// that is too little.
std::string progress_bar(const job_progress_view& x, size_t columns);

} // namespace batch::cli
