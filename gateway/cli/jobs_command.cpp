#include "gateway/cli/commands.hpp"

#include "codecs/limits.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/job_summary.hpp"
#include "gateway/cli/options_text.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/table.hpp"

#include <algorithm>

namespace batch::cli {

namespace {

void add_row(table& jobs, const job_summary& job) {
  auto& progress = job.progress;
  jobs.row(
    {job.id, job.type, progress.state,
     std::to_string(progress.done) + '/' + std::to_string(progress.total),
     std::to_string(progress.failed), job.created_at});
}

/// The path of all pages, but for limit and cursor.
outcome<request_path> list_path(const jobs_options& options) {
  request_path out{"/batch"};
  out.optional("status", options.status)
    .optional("state", options.state)
    .optional("type", options.type);
  for (auto& label : options.labels) {
    auto split = split_pair(label, "--label");
    if (!split)
      return fail(split);
    out.parameter("label." + split->first, split->second);
  }
  return out;
}

} // namespace

outcome<void> list_jobs(const jobs_options& options) {
  if (options.limit == 0)
    return wrong_usage("--limit takes a number from 1 on, not 0");
  auto path = list_path(options);
  if (!path)
    return fail(path);
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  table jobs{{{"ID"},
              {"TYPE"},
              {"STATE"},
              {"DONE", align::right},
              {"FAILED", align::right},
              {"CREATED"}}};
  auto left = options.limit;
  std::string cursor;
  do {
    auto page_path = *path;
    page_path.parameter(
      "limit", std::to_string(std::min<uint64_t>(left, page_rows_max)));
    page_path.optional("cursor", cursor);
    auto page = api->get(page_path);
    if (!page)
      return fail(page);
    auto next = walk_page(*page, "jobs", [&](std::string_view text) {
      if (left == 0)
        return false;
      --left;
      if (auto job = json_fields::parse(text))
        add_row(jobs, summarize_job(*job));
      return true;
    });
    if (!next)
      return fail(exit_status::failed,
                  "the answer of " + api->server().text
                    + " is not a list of jobs; is the URL right?");
    if (options.connection.json)
      if (auto written = (*out)->line(*page); !written)
        return written;
    cursor = std::move(*next);
  } while (left > 0 && !cursor.empty());
  if (options.connection.json)
    return {};
  if (jobs.empty()) {
    tell("no jobs");
    return {};
  }
  if (!cursor.empty())
    tell("there are more jobs; ask for them with --limit");
  return (*out)->write(jobs.text());
}

} // namespace batch::cli
