#include "actors/api/answers.hpp"

#include "codecs/items.hpp"
#include "codecs/job_options.hpp"
#include "codecs/limits.hpp"

namespace batch::api {

namespace {

/// Ids that one filter may name. Source: a page of a list holds 500.
constexpr size_t filter_ids_max = 1000;
/// Messages of the system itself, as a type of dead letters.
constexpr std::string_view system_type = "system";

caf::timestamp timestamp_of(time_ms t) {
  return caf::timestamp{std::chrono::milliseconds{t}};
}

time_ms time_of(caf::timestamp t) {
  return std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch())
    .count();
}

expected<void> check_part(std::string_view member, std::string_view name,
                          size_t bytes_max) {
  if (name.empty())
    return {};
  if (auto ok = check_name(member, name, bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message);
  return {};
}

/// A type of somebody's own may have jobs, whether it is known now or not.
expected<job_kind> read_type(const std::string& name) {
  if (auto type = job_kind_of(name))
    return std::move(*type);
  return fail(ec::invalid_request, "type: expected one of "
                                     + std::string{job_type_names()}
                                     + ", or the name of a type of your own");
}

expected<void> take_type(letter_filter& filter, const std::string& name) {
  if (name.empty())
    return {};
  if (name == system_type) {
    if (filter.job)
      return fail(ec::invalid_request,
                  "type: messages of the system itself have no job");
    filter.job = job_id{};
    return {};
  }
  auto type = read_type(name);
  if (!type)
    return fail(type);
  filter.type = std::move(*type);
  return {};
}

} // namespace

job_info job_info_of(const job_report& report) {
  const auto& spec = report.spec;
  const auto& p = report.progress;
  job_info x;
  x.id = to_string(spec.id);
  x.type = to_string(spec.type);
  x.status = p.status;
  x.state = p.state;
  x.total = spec.total;
  x.processed = p.processed;
  x.failed = p.failed;
  x.retrying = p.retrying;
  x.not_started = p.not_started;
  x.reason = p.reason;
  x.input = spec.input;
  x.options = spec.options;
  if (report.control) {
    x.cancelling = report.control->cancelled;
    x.priority = report.control->priority;
    x.concurrency = report.control->concurrency;
  } else if (auto options = parse_job_options(spec.options)) {
    // What was accepted once can be read; if not, there is nothing to show.
    x.priority = options->priority;
    x.concurrency = options->concurrency;
  }
  x.created_at = timestamp_of(spec.created_at);
  x.started_at = timestamp_of(p.started_at);
  x.updated_at = timestamp_of(p.updated_at);
  x.finished_at = timestamp_of(p.finished_at);
  for (const auto& e : report.errors)
    x.errors.push_back({e.index, e.letter.code, e.letter.message,
                        static_cast<uint32_t>(e.letter.attempts.count)});
  return x;
}

service_stats stats_of(const service_counters& counters) {
  service_stats x;
  x.pending = counters.of(job_status::pending);
  x.processing = counters.of(job_status::processing);
  x.completed = counters.of(job_status::completed);
  x.failed = counters.of(job_status::failed);
  x.total = x.pending + x.processing + x.completed + x.failed;
  x.items = counters.items;
  x.dead_letters = counters.dead_letters;
  for (auto type : counted_types) {
    const auto& t = counters.of(type);
    if (type == job_type::custom && t.jobs == 0)
      continue;
    x.by_type[std::string{to_string(type)}]
      = {t.jobs, t.completed, t.failed, t.items_processed, t.items_failed};
  }
  return x;
}

letter_info letter_info_of(const stored_letter& x) {
  const auto& letter = x.letter;
  letter_info info;
  info.id = to_string(x.id());
  info.type = letter.type ? to_string(*letter.type) : system_type;
  info.ns = letter.ns;
  info.code = letter.code;
  info.message = letter.message;
  info.attempts = static_cast<uint32_t>(letter.attempts.count);
  info.failed_at = timestamp_of(letter.failed_at);
  info.payload = letter.payload;
  return info;
}

expected<size_t> page_limit(uint32_t limit) {
  if (limit < 1 || limit > page_rows_max)
    return fail(ec::invalid_request,
                "limit: expected 1 to " + std::to_string(page_rows_max));
  return limit;
}

expected<job_filter> job_filter_of(const job_query& query) {
  job_filter filter;
  auto limit = page_limit(query.limit);
  if (!limit)
    return fail(limit);
  filter.limit = *limit;
  if (query.status)
    filter.status = *query.status;
  if (query.state)
    filter.state = *query.state;
  if (!query.type.empty()) {
    auto type = read_type(query.type);
    if (!type)
      return fail(type);
    filter.type = std::move(*type);
  }
  filter.labels = query.labels;
  filter.cursor = query.cursor;
  filter.bytes_max = rpc_bytes_max;
  return filter;
}

expected<letter_filter> letter_filter_of(const letter_query& query) {
  letter_filter filter;
  if (!query.job.empty()) {
    auto id = read_job_id(query.job);
    if (!id)
      return fail(id);
    filter.job = *id;
  }
  if (auto ok = take_type(filter, query.type); !ok)
    return fail(ok);
  if (auto ok = check_part("ns", query.ns, ns_bytes_max); !ok)
    return fail(ok);
  filter.ns = query.ns;
  if (query.code)
    filter.code = *query.code;
  if (query.after)
    filter.after = time_of(*query.after);
  if (query.before)
    filter.before = time_of(*query.before);
  if (query.ids.size() > filter_ids_max)
    return fail(ec::invalid_request,
                "ids: more than " + std::to_string(filter_ids_max));
  for (const auto& text : query.ids) {
    auto id = parse_letter_id(text);
    if (!id)
      return fail(id);
    filter.ids.push_back(*id);
  }
  return filter;
}

expected<export_request> export_request_of(const export_query& query) {
  export_request request;
  if (auto ok = check_name("ns", query.ns, ns_bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message);
  request.ns = query.ns;
  auto format = parse_export_format(query.format);
  if (!format)
    return fail(ec::invalid_request, "format: expected json, csv or ndjson");
  request.format = *format;
  if (!query.kind.empty()) {
    request.kind = parse_export_kind(query.kind);
    if (!request.kind)
      return fail(ec::invalid_request,
                  "kind: expected things, relationships or embeddings");
  }
  if (auto ok = check_part("type", query.type, type_bytes_max); !ok)
    return fail(ok);
  request.type = query.type;
  if (auto ok = check_part("prefix", query.prefix, id_bytes_max); !ok)
    return fail(ok);
  request.prefix = query.prefix;
  if (!query.fields.empty()) {
    auto fields = parse_record_fields(query.fields);
    if (!fields)
      return fail(fields);
    request.fields = std::move(*fields);
  }
  if (!query.cursor.empty()) {
    auto cursor = parse_export_cursor(query.cursor);
    if (!cursor)
      return fail(cursor);
    request.after = std::move(*cursor);
  }
  if (query.limit > export_limit_max)
    return fail(ec::invalid_request, "limit: at most "
                                       + std::to_string(export_limit_max)
                                       + "; 0 for none");
  if (query.limit > 0)
    request.limit = query.limit;
  if (query.escape_formulas)
    request.formulas = csv_formulas::escape;
  if (auto ok = check_export(request); !ok)
    return fail(ok);
  return request;
}

} // namespace batch::api
