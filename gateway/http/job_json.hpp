// Jobs as JSON answers.
#pragma once

#include "actors/queries/job_queries.hpp"
#include "codecs/json_writer.hpp"

#include <string>

namespace batch {

/// Results as they are shown inside a job.
struct inline_results {
  /// JSON text of an array.
  std::string json;
  /// True if these are not all of them.
  bool truncated = false;
};

/// Writes the object that stands under "job" and in lists.
/// @param with_errors whether to show the errors of the report.
/// @param results shown if not null.
void write_job(json_writer& out, const job_report& report, bool with_errors,
               const inline_results* results = nullptr);

} // namespace batch
