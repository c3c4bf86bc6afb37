#include "actors/job_context.hpp"

namespace batch {

namespace {

expected<void> check_for_type(const job_options& options, job_type type) {
  auto only_for
    = [&](bool given, job_type right, std::string name) -> expected<void> {
    if (!given || type == right)
      return {};
    return fail(ec::invalid_option,
                "options/" + name + ": only for jobs of type "
                  + std::string{to_string(right)},
                "/options/" + name);
  };
  if (auto ok = only_for(!options.transform.empty(), job_type::transform_data,
                         "transform");
      !ok)
    return ok;
  if (auto ok
      = only_for(!options.into.empty(), job_type::transform_data, "into");
      !ok)
    return ok;
  if (auto ok = only_for(options.dry_run, job_type::transform_data, "dryRun");
      !ok)
    return ok;
  return only_for(options.has_embedding, job_type::generate_embeddings,
                  "embedding");
}

/// A worker leaves the rest of a chunk to another round after half of the
/// time, so one item must take much less.
expected<void> check_time(const job_options& options,
                          const transform_plan& plan) {
  auto ms_max = options.timeout / 4;
  if (!plan.script || plan.script->limits.time <= ms_max)
    return {};
  return fail(ec::invalid_option,
              "options/transform/limits/ms: an item may take at most a quarter "
              "of options.timeoutMs, here "
                + std::to_string(ms_max.count()) + " ms",
              "/options/transform/limits/ms");
}

} // namespace

time_ms job_context::starts_at() const {
  if (options.run_at)
    return *options.run_at;
  if (options.delay.count() == 0)
    return 0;
  return spec.created_at + std::chrono::milliseconds{options.delay}.count();
}

bool writes_named_records(const job_context& job) {
  switch (job.spec.type.base) {
  case job_type::import_things:
  case job_type::import_relationships:
    return true;
  case job_type::transform_data:
    return !job.options.into.empty() && !job.options.dry_run;
  default:
    return false;
  }
}

job_control first_control(const job_context& job) {
  job_control control;
  control.released = job.options.after.empty();
  control.priority = job.options.priority;
  control.concurrency = job.options.concurrency;
  return control;
}

expected<job_context_ptr> make_job_context(job_spec spec,
                                           const transform_functions* known) {
  auto job = std::make_shared<job_context>();
  auto options = parse_job_options(spec.options);
  if (!options)
    return fail(options);
  if (auto ok = check_for_type(*options, spec.type.base); !ok)
    return fail(ok);
  // What the service does not know may mean something to the worker.
  if (spec.type.base == job_type::custom)
    options->warnings.clear();
  if (!options->transform.empty()) {
    auto plan = transform_plan::parse(options->transform);
    if (!plan)
      return fail(plan);
    if (known)
      if (auto ok = check_function(*plan, *known); !ok)
        return fail(ok);
    if (auto ok = check_time(*options, *plan); !ok)
      return fail(ok);
    job->transform = std::move(*plan);
  }
  job->spec = std::move(spec);
  job->options = std::move(*options);
  return job;
}

} // namespace batch
