#include "actors/queries/job_queries.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/http/context.hpp"

#include <cstdio>

namespace batch {

namespace {

/// completed / (completed + failed) in percent with two digits, "0%" before
/// any job has ended.
std::string success_rate(const service_counters& x) {
  auto completed = x.of(job_status::completed);
  auto ended = completed + x.of(job_status::failed);
  if (completed == 0)
    return "0%";
  if (completed == ended)
    return "100%";
  char text[16];
  std::snprintf(text, sizeof text, "%.2f%%",
                100.0 * static_cast<double>(completed)
                  / static_cast<double>(ended));
  return text;
}

expected<http_response> get_stats(const gateway_context& context,
                                  const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto x = read_counters(*context.store);
  if (!x)
    return fail(x);
  uint64_t total = 0;
  for (auto count : x->jobs)
    total += count;
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("stats").begin_object();
  w.key("total").number(total);
  for (auto status : job_statuses)
    w.key(to_string(status)).number(x->of(status));
  w.key("successRate").string(success_rate(*x));
  w.key("items").number(x->items);
  w.key("deadLetters").number(x->dead_letters);
  w.key("byType").begin_object();
  for (auto type : counted_types) {
    const auto& t = x->of(type);
    if (type == job_type::custom && t.jobs == 0)
      continue;
    w.key(to_string(type)).begin_object();
    w.key("jobs").number(t.jobs);
    w.key("completed").number(t.completed);
    w.key("failed").number(t.failed);
    w.key("itemsProcessed").number(t.items_processed);
    w.key("itemsFailed").number(t.items_failed).end_object();
  }
  w.end_object().end_object().end_object();
  return json_response(200, std::move(body));
}

expected<http_response> get_health(const http_request&) {
  std::string body;
  json_writer w{body};
  w.begin_object().key("status").string("ok");
  w.key("service").string("batch");
  w.key("timestamp").string(format_time(now_ms())).end_object();
  return json_response(200, std::move(body));
}

/// Whether jobs can be taken now: the store is writable, the disk has room,
/// nobody has told the service to end.
expected<http_response> get_ready(const gateway_context& context,
                                  const http_request&) {
  auto health = context.store->health();
  auto has_room = context.store->capacity() != capacity::full;
  auto draining = context.draining.load();
  auto ready = health.writable && has_room && !draining;
  std::string body;
  json_writer w{body};
  w.begin_object().key("status").string(ready ? "ready" : "not ready");
  w.key("checks").begin_object();
  w.key("store").string(health.writable ? "ok" : health.message);
  w.key("disk").string(has_room ? "ok" : "nearly full");
  w.key("service").string(draining ? "ending" : "ok");
  w.end_object().end_object();
  return json_response(ready ? 200 : 503, std::move(body));
}

} // namespace

void add_status_routes(router& routes, gateway_context& context) {
  routes.add("GET", "/stats", [&context](http_request& request) {
    return get_stats(context, request);
  });
  routes.add("GET", "/health", get_health);
  routes.add("GET", "/livez", [](http_request&) -> expected<http_response> {
    return json_response(200, R"({"status":"ok"})");
  });
  routes.add("GET", "/readyz", [&context](http_request& request) {
    return get_ready(context, request);
  });
}

} // namespace batch
