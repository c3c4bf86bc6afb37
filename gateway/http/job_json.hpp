// Jobs as JSON answers.
#pragma once

#include "actors/queries/job_queries.hpp"
#include "codecs/json_writer.hpp"

namespace batch {

/// Writes the object that stands under "job" and in lists.
/// @param with_errors whether to show the errors of the report.
/// @param results JSON text of the array under "results"; empty: none.
void write_job(json_writer& out, const job_report& report, bool with_errors,
               std::string_view results = {});

} // namespace batch
