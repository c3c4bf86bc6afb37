#include "gateway/cli/job_summary.hpp"

#include "codecs/time.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <algorithm>

namespace batch::cli {

namespace {

constexpr size_t errors_shown = 5;

std::string describe_error(const json_fields& error) {
  auto attempts = error.count("attempts").value_or(0);
  auto out = "item " + error.text("index") + ": " + error.text("error") + " ("
             + error.text("code");
  if (attempts > 1)
    out += ", " + std::to_string(attempts) + " attempts";
  return one_line(out + ')');
}

/// Between two points of time; empty if one of them is none.
std::string time_between(const std::string& from, const std::string& to) {
  auto begin = parse_time(from);
  auto end = parse_time(to);
  if (!begin || !end || *end < *begin)
    return {};
  auto millis = static_cast<uint64_t>(*end - *begin);
  if (millis < 1000)
    return std::to_string(millis) + " ms";
  if (millis < 60'000)
    return std::to_string(millis / 1000) + '.'
           + std::to_string(millis / 100 % 10) + " s";
  return duration_text(millis / 1000);
}

} // namespace

job_summary summarize_job(const json_fields& job) {
  job_summary out;
  auto text = [&](const char* name) { return one_line(job.text(name)); };
  auto count = [&](const char* name) { return job.count(name).value_or(0); };
  out.id = text("id");
  out.type = text("type");
  out.status = text("status");
  out.created_at = text("createdAt");
  out.started_at = text("startedAt");
  out.finished_at = text("finishedAt");
  out.runs_at = text("runAt");
  out.reason = text("reason");
  out.priority = text("priority");
  out.concurrency = text("concurrency");
  out.is_cancelling = job.flag("cancelling");
  out.not_started = count("notStarted");
  auto& progress = out.progress;
  progress.state = text("state");
  if (progress.state.empty())
    progress.state = out.status;
  progress.total = count("total");
  progress.failed = count("failed");
  progress.done
    = job.count("done").value_or(count("processed") + progress.failed);
  progress.retrying = count("retrying");
  progress.items_per_second = job.number("ratePerSecond").value_or(0);
  progress.seconds_left = job.count("etaSeconds");
  auto errors = job.elements("errors");
  out.has_more_errors
    = job.flag("errorsTruncated") || errors.size() > errors_shown;
  errors.resize(std::min(errors.size(), errors_shown));
  for (auto& error : errors)
    if (auto fields = json_fields::parse(error))
      out.errors.push_back(describe_error(*fields));
  return out;
}

std::optional<job_summary> parse_job_answer(std::string_view answer) {
  auto fields = json_fields::parse(answer);
  if (!fields)
    return {};
  auto job = fields->object("job");
  if (job.text("id").empty() || job.text("status").empty())
    return {};
  return summarize_job(job);
}

std::string job_block(const job_summary& job) {
  std::string out;
  auto line = [&](std::string name, const std::string& value) {
    if (value.empty())
      return;
    name.resize(10, ' ');
    out += name + value + '\n';
  };
  auto& progress = job.progress;
  line("job", job.id);
  line("type", job.type);
  auto status = job.status;
  if (progress.state != job.status)
    status += ", " + progress.state;
  if (job.is_cancelling)
    status += ", cancelling";
  line("status", status);
  line("reason", job.reason);
  line("runs at", job.runs_at);
  line("priority", job.priority);
  line("at once", job.concurrency.empty() ? "" : job.concurrency + " chunks");
  line("progress", std::to_string(progress.done) + " of "
                     + std::to_string(progress.total) + " items, "
                     + percent_text(progress.done, progress.total));
  line("failed", std::to_string(progress.failed));
  if (progress.retrying > 0)
    line("retrying", std::to_string(progress.retrying));
  if (job.not_started > 0)
    line("not begun", std::to_string(job.not_started));
  if (progress.items_per_second > 0)
    line("rate", rate_text(progress.items_per_second));
  if (progress.seconds_left && !job.has_ended())
    line("left", duration_text(*progress.seconds_left));
  line("created", job.created_at);
  line("started", job.started_at);
  auto taken = time_between(job.created_at, job.finished_at);
  line("finished", taken.empty() ? job.finished_at
                                 : job.finished_at + " (after " + taken + ')');
  for (auto& error : job.errors)
    out += "  " + error + '\n';
  if (job.has_more_errors)
    out += "  … all of them: batchd errors " + job.id + '\n';
  return out;
}

} // namespace batch::cli
