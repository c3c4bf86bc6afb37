#include "gateway/cli/new_job.hpp"

#include "gateway/cli/console.hpp"
#include "gateway/cli/follow_job.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/terminal_text.hpp"

namespace batch::cli {

outcome<void> show_new_job(api_client& api,
                           const connection_options& connection,
                           const std::string& answer, bool follow) {
  auto fields = json_fields::parse(answer).value_or(json_fields{});
  auto id = fields.text("jobId");
  if (id.empty())
    return fail(exit_status::failed, "the answer of " + api.server().text
                                       + " names no job; is the URL right?");
  for (auto& warning : fields.elements("warnings"))
    tell("warning: " + one_line(text_of_json(warning)));
  auto out = output::open("-");
  if (!out)
    return fail(out);
  auto& shown = connection.json ? answer : id;
  if (auto written = (*out)->line(shown); !written || !follow)
    return written;
  auto job = follow_job(api, id);
  if (!job)
    return fail(job);
  if (connection.json) {
    if (auto written = (*out)->line(job->answer); !written)
      return written;
  } else {
    // Standard output holds the id alone, for scripts.
    auto block = job_block(job->summary);
    block.pop_back(); // its last line feed
    tell("the job has ended\n" + block);
  }
  return job->verdict();
}

} // namespace batch::cli
