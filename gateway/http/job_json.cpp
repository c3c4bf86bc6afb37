#include "gateway/http/job_json.hpp"

#include "actors/job_context.hpp"
#include "codecs/limits.hpp"

#include <cmath>

namespace batch {

namespace {

void write_time(json_writer& out, std::string_view name, time_ms t) {
  if (t != 0)
    out.key(name).string(format_time(t));
}

double rounded(double x, double digits) {
  return std::round(x * digits) / digits;
}

/// Items per second so far, and the seconds to go at that rate.
void write_rate(json_writer& out, const job_report& report) {
  const auto& p = report.progress;
  auto until = p.finished_at != 0 ? p.finished_at : p.updated_at;
  auto seconds = static_cast<double>(until - p.started_at) / 1000;
  auto rate = p.started_at == 0 || seconds <= 0 ? 0 : p.done() / seconds;
  out.key("ratePerSecond").number(rounded(rate, 10));
  if (!has_ended(p.status) && rate > 0)
    out.key("etaSeconds")
      .number(rounded((report.spec.total - p.done()) / rate, 10));
}

/// When it begins, if that is still to come, and what was ordered of it.
void write_plan(json_writer& out, const job_report& report) {
  const auto& control = report.control;
  auto is_scheduled = report.progress.state == job_state::scheduled;
  if (!control && !is_scheduled)
    return;
  // What was accepted once can be read; if not, there is nothing to show.
  auto options = parse_job_options(report.spec.options);
  if (!options)
    return;
  if (is_scheduled) {
    job_context context;
    context.spec.created_at = report.spec.created_at;
    context.options = *options;
    write_time(out, "runAt", context.starts_at());
  }
  if (!control)
    return;
  if (control->cancelled)
    out.key("cancelling").boolean(true);
  if (control->priority != options->priority)
    out.key("priority").number(int64_t{control->priority});
  if (control->concurrency != options->concurrency)
    out.key("concurrency").number(uint64_t{control->concurrency});
}

void write_errors(json_writer& out, const job_report& report) {
  out.key("errors").begin_array();
  for (const auto& x : report.errors) {
    out.begin_object().key("index").number(uint64_t{x.index});
    out.key("error").string(x.letter.message);
    out.key("code").string(to_string(x.letter.code));
    out.key("attempts").number(uint64_t{x.letter.attempts.count});
    out.end_object();
  }
  out.end_array();
  if (report.errors.size() == inline_errors_max
      && report.progress.failed > inline_errors_max)
    out.key("errorsTruncated").boolean(true);
}

} // namespace

void write_job(json_writer& out, const job_report& report, bool with_errors,
               const inline_results* results) {
  const auto& spec = report.spec;
  const auto& p = report.progress;
  out.begin_object().key("id").string(to_string(spec.id));
  out.key("type").string(to_string(spec.type));
  out.key("status").string(to_string(p.status));
  out.key("state").string(to_string(p.state));
  out.key("total").number(uint64_t{spec.total});
  out.key("processed").number(uint64_t{p.processed});
  out.key("failed").number(uint64_t{p.failed});
  out.key("done").number(uint64_t{p.done()});
  out.key("retrying").number(uint64_t{p.retrying});
  if (p.state == job_state::cancelled)
    out.key("notStarted").number(uint64_t{p.not_started});
  if (!p.reason.empty())
    out.key("reason").string(p.reason);
  auto progress = spec.total > 0 ? static_cast<double>(p.done()) / spec.total
                  : has_ended(p.status) ? 1.0
                                        : 0.0;
  out.key("progress").number(rounded(progress, 10000));
  write_rate(out, report);
  out.key("input").raw(spec.input.empty() ? "{}" : spec.input);
  if (!spec.options.empty())
    out.key("options").raw(spec.options);
  write_plan(out, report);
  if (with_errors)
    write_errors(out, report);
  if (results) {
    out.key("results").raw(results->json);
    if (results->truncated)
      out.key("resultsTruncated").boolean(true);
  }
  write_time(out, "createdAt", spec.created_at);
  write_time(out, "startedAt", p.started_at);
  write_time(out, "updatedAt", p.updated_at);
  if (p.status == job_status::completed)
    write_time(out, "completedAt", p.finished_at);
  write_time(out, "finishedAt", p.finished_at);
  out.end_object();
}

} // namespace batch
