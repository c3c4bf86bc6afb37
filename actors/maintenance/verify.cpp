#include "actors/maintenance/verify.hpp"

#include "actors/maintenance/verify_parts.hpp"
#include "storage/keys.hpp"

namespace batch {

expected<verify_summary> verify_store(const store_reader& store, time_ms now,
                                      const verify_sink& on_finding) {
  verify_run run{store, now, on_finding};
  verify_meta(run);
  verify_job_index(run);
  verify_jobs(run);
  verify_data(run);
  verify_counters(run);
  if (run.stopped)
    return tl::unexpected{std::move(*run.stopped)};
  return run.summary;
}

} // namespace batch
