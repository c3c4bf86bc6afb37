#include "gateway/cli/commands.hpp"

#include "gateway/cli/follow_job.hpp"
#include "gateway/cli/output.hpp"

namespace batch::cli {

outcome<void> show_job(const job_view_options& options) {
  if (options.id.empty())
    return wrong_usage("the ID of the job is empty");
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto job = find_job(*api, options.id);
  if (job && options.follow && !job->summary.has_ended())
    job = follow_job(*api, options.id);
  if (!job)
    return fail(job);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  auto written = options.connection.json
                   ? (*out)->line(job->answer)
                   : (*out)->write(job_block(job->summary));
  if (!written || !options.follow)
    return written;
  return job->verdict();
}

} // namespace batch::cli
