#include "actors/queries/answer_bytes.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/queries/job_streams.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/job_json.hpp"
#include "gateway/http/placed_stream.hpp"
#include "gateway/http/submit.hpp"

namespace batch {

namespace {

expected<job_report> find_reported(const gateway_context& context,
                                   const std::string& text,
                                   const snapshot_ptr& view = nullptr) {
  auto id = read_job_id(text);
  if (!id)
    return fail(id);
  return find_job(*context.store, *id, view);
}

/// The first results of a job as the elements of one array, up to about
/// `answer_bytes_max`.
expected<inline_results> first_results(const gateway_context& context,
                                       const job_report& report,
                                       const snapshot_ptr& view) {
  auto stream = make_results_stream(context.store, report.spec.number, view);
  std::string lines;
  for (auto more = true; more && lines.size() < answer_bytes_max;) {
    auto read = stream->read(lines);
    if (!read)
      return fail(read);
    more = *read;
  }
  std::string rest;
  if (auto more = stream->read(rest); !more)
    return fail(more);
  for (auto& c : lines)
    if (c == '\n')
      c = ',';
  if (!lines.empty())
    lines.pop_back();
  return inline_results{"[" + lines + "]", !rest.empty()};
}

expected<http_response> get_job(const gateway_context& context,
                                const http_request& request) {
  if (auto ok = check_parameters(request, {"include"}); !ok)
    return fail(ok);
  auto include = request.parameter("include");
  if (include && *include != "results")
    return fail(ec::invalid_request, "include: expected results");
  auto view = include ? context.store->take_snapshot() : nullptr;
  auto report = find_reported(context, request.arguments[0], view);
  if (!report)
    return fail(report);
  std::optional<inline_results> results;
  if (include) {
    if (report->spec.total > inline_results_max)
      return fail(ec::invalid_request,
                  "include: only for jobs of up to "
                    + std::to_string(inline_results_max)
                    + " items; read /batch/:id/results instead");
    auto first = first_results(context, *report, view);
    if (!first)
      return fail(first);
    results = std::move(*first);
  }
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("job");
  write_job(w, *report, true, results ? &*results : nullptr);
  w.end_object();
  return json_response(200, std::move(body));
}

std::optional<job_state> job_state_of(std::string_view name) {
  using enum job_state;
  for (auto state : {queued, scheduled, running, paused, retrying, succeeded,
                     failed, cancelled})
    if (to_string(state) == name)
      return state;
  return std::nullopt;
}

expected<job_filter> read_filter(const http_request& request) {
  if (auto ok = check_parameters(
        request, {"status", "state", "type", "limit", "cursor", "label."});
      !ok)
    return fail(ok);
  job_filter filter;
  if (auto status = request.parameter("status")) {
    filter.status = job_status_of(*status);
    if (!filter.status)
      return fail(ec::invalid_request, "status: expected pending, processing, "
                                       "completed or failed");
  }
  if (auto state = request.parameter("state")) {
    filter.state = job_state_of(*state);
    if (!filter.state)
      return fail(ec::invalid_request,
                  "state: expected queued, scheduled, running, paused, "
                  "retrying, succeeded, failed or cancelled");
  }
  if (auto type = request.parameter("type")) {
    filter.type = job_kind_of(*type);
    if (!filter.type)
      return fail(ec::invalid_request, "type: expected one of "
                                         + std::string{job_type_names()}
                                         + ", or the name of one's own");
  }
  auto limit
    = number_parameter(request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return fail(limit);
  filter.limit = *limit;
  filter.cursor = request.parameter("cursor").value_or("");
  for (const auto& [name, value] : request.query)
    if (name.starts_with("label."))
      filter.labels[name.substr(6)] = value;
  return filter;
}

expected<http_response> get_jobs(const gateway_context& context,
                                 const http_request& request) {
  auto filter = read_filter(request);
  if (!filter)
    return fail(filter);
  auto list = list_jobs(*context.store, *filter);
  if (!list)
    return fail(list);
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("jobs").begin_array();
  for (const auto& report : list->jobs)
    write_job(w, report, false);
  w.end_array();
  if (!list->next_cursor.empty())
    w.key("nextCursor").string(list->next_cursor);
  w.end_object();
  return json_response(200, std::move(body));
}

/// @param make makes the stream of a store and a job number.
expected<http_response> get_stream(gateway_context& context,
                                   const http_request& request, auto make) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto report = find_reported(context, request.arguments[0]);
  if (!report)
    return fail(report);
  auto slot = context.streams.take();
  if (!slot)
    return fail(slot);
  http_response response;
  response.content_type = "application/x-ndjson";
  response.stream = std::make_unique<placed_stream>(
    make(context.store, report->spec.number), std::move(*slot));
  return response;
}

} // namespace

void add_batch_routes(router& routes, gateway_context& context) {
  routes.add("POST", "/batch", [&context](http_request& request) {
    return submit_job(context, request);
  });
  routes.add("GET", "/batch", [&context](http_request& request) {
    return get_jobs(context, request);
  });
  routes.add("GET", "/batch/:id", [&context](http_request& request) {
    return get_job(context, request);
  });
  routes.add("GET", "/batch/:id/results", [&context](http_request& request) {
    return get_stream(context, request, [](auto store, uint64_t job) {
      return make_results_stream(store, job);
    });
  });
  routes.add("GET", "/batch/:id/errors", [&context](http_request& request) {
    return get_stream(context, request, make_errors_stream);
  });
}

} // namespace batch
