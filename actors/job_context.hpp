// What everybody who works on a job must know of it; never changes.
#pragma once

#include "actors/transforms/transform_plan.hpp"
#include "codecs/job.hpp"
#include "codecs/job_options.hpp"

#include <memory>

namespace batch {

struct job_context : std::enable_shared_from_this<job_context> {
  job_spec spec;
  job_options options;
  /// What `options.transform` asks for; the identity for other jobs.
  transform_plan transform;

  /// Nothing is begun before this time; 0 if at once.
  time_ms starts_at() const;
};
using job_context_ptr = std::shared_ptr<const job_context>;

/// Whether items of this job write under names, so that the last one of a name
/// in input order has to win.
bool writes_named_records(const job_context& job);

/// What a new job begins with: nothing ordered, and released unless it has to
/// wait for others.
job_control first_control(const job_context& job);

/// Reads and checks what was submitted for a type: options, transform, model.
/// @param known the functions that a transform may name; null if it may name
/// any, because the job was accepted before.
/// Errors: `ec::invalid_option` with a pointer.
expected<job_context_ptr>
make_job_context(job_spec spec, const transform_functions* known = nullptr);

} // namespace batch
