// The parts of a verification, in the order in which they run.
#pragma once

#include "actors/maintenance/verify_run.hpp"

namespace batch {

/// Reads what the family `meta` holds.
void verify_meta(verify_run& run);
/// Looks whether each row of the family `jobs` belongs to a job, or to a time.
void verify_job_index(verify_run& run);
/// Looks whether each job has all its rows, and its items are where its
/// progress says.
void verify_jobs(verify_run& run);
/// Things and relationships, and the links and vectors that belong to them.
void verify_data(verify_run& run);
/// Compares the statistics with what the parts before have counted.
void verify_counters(verify_run& run);

} // namespace batch
