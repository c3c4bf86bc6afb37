#include "actors/maintenance/job_removal.hpp"
#include "actors/maintenance/replay.hpp"
#include "actors/queries/job_queries.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/job_json.hpp"
#include "gateway/http/json_body.hpp"

namespace batch {

namespace {

/// Reads a body that may be absent; then nothing is taken.
expected<void> read_optional_body(gateway_context& context,
                                  http_request& request,
                                  const member_taker& take) {
  byte_budget::share share{context.json_bodies};
  auto body = read_json_body(request, share);
  if (!body)
    return fail(body);
  if (body->empty())
    return {};
  return read_members(*body, "", take);
}

expected<void> refuse_member(const json_member& m) {
  return unknown_member("", m.key, "");
}

expected<void> take_mode(std::string_view name, const std::string& value,
                         std::optional<std::string>& mode) {
  if (value != "drain" && value != "now")
    return fail(ec::invalid_request, "mode: expected drain or now",
                std::string{name});
  if (mode && *mode != value)
    return fail(ec::invalid_request,
                "mode: the query and the body say different things",
                std::string{name});
  mode = value;
  return {};
}

/// `mode` of the query or of the body; drain if neither has it.
expected<job_order> read_cancel(gateway_context& context,
                                http_request& request) {
  std::optional<std::string> mode;
  if (auto value = request.parameter("mode"))
    if (auto taken = take_mode("", *value, mode); !taken)
      return fail(taken);
  auto read = read_optional_body(
    context, request, [&](const json_member& m) -> expected<void> {
      if (m.key != "mode")
        return unknown_member("", m.key, "mode");
      auto value = string_at("/mode", m.value);
      return value ? take_mode("/mode", *value, mode) : fail(value);
    });
  if (!read)
    return fail(read);
  return job_order{mode == "now" ? job_order::kind::cancel_now
                                 : job_order::kind::cancel};
}

expected<http_response> answer_job(const gateway_context& context,
                                   const job_id& id) {
  auto report = find_job(*context.store, id);
  if (!report)
    return fail(report);
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("job");
  write_job(w, *report, true);
  w.end_object();
  return json_response(200, std::move(body));
}

/// Gives an order and answers the job as it is then.
expected<http_response> give_order(gateway_context& context,
                                   const http_request& request,
                                   job_order order) {
  auto id = read_job_id(request.arguments[0]);
  if (!id)
    return fail(id);
  if (auto obeyed = context.client.order(*id, std::move(order)); !obeyed)
    return fail(obeyed);
  return answer_job(context, *id);
}

expected<http_response> post_cancel(gateway_context& context,
                                    http_request& request) {
  if (auto ok = check_parameters(request, {"mode"}); !ok)
    return fail(ok);
  auto order = read_cancel(context, request);
  if (!order)
    return fail(order);
  return give_order(context, request, std::move(*order));
}

expected<http_response> post_order(gateway_context& context,
                                   http_request& request,
                                   job_order::kind what) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  if (auto read = read_optional_body(context, request, refuse_member); !read)
    return fail(read);
  return give_order(context, request, {what});
}

expected<http_response> post_pause(gateway_context& context,
                                   http_request& request) {
  return post_order(context, request, job_order::kind::pause);
}

expected<http_response> post_resume(gateway_context& context,
                                    http_request& request) {
  return post_order(context, request, job_order::kind::resume);
}

expected<void> take_change(job_order& order, const json_member& m) {
  if (m.key != "priority" && m.key != "concurrency")
    return unknown_member("", m.key, "priority, concurrency");
  auto is_priority = m.key == "priority";
  auto x = is_priority
             ? integer_at("/priority", m.value, -priority_max, priority_max)
             : integer_at("/concurrency", m.value, 1, concurrency_max);
  if (!x)
    return fail(x);
  if (is_priority)
    order.priority = static_cast<int32_t>(*x);
  else
    order.concurrency = static_cast<uint32_t>(*x);
  return {};
}

expected<http_response> patch_job(gateway_context& context,
                                  http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  byte_budget::share share{context.json_bodies};
  auto body = read_json_body(request, share);
  if (!body)
    return fail(body);
  job_order order;
  auto take = [&](const json_member& m) { return take_change(order, m); };
  if (auto read = read_members(*body, "", take); !read)
    return fail(read);
  if (!order.priority && !order.concurrency)
    return fail(ec::invalid_request,
                "expected priority, concurrency or both, e.g. "
                "{\"priority\":5}");
  return give_order(context, request, std::move(order));
}

/// A new job of the items that have failed and that nobody has tried again.
expected<http_response> post_retry(gateway_context& context,
                                   http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  if (auto read = read_optional_body(context, request, refuse_member); !read)
    return fail(read);
  auto id = read_job_id(request.arguments[0]);
  if (!id)
    return fail(id);
  auto retried = retry_job(*context.store, context.client, *id);
  if (!retried)
    return fail(retried);
  auto report = find_job(*context.store, *retried);
  if (!report)
    return fail(report);
  http_response response;
  auto new_id = to_string(*retried);
  response.headers.emplace_back("Location", "/batch/" + new_id);
  json_writer w{response.body};
  w.begin_object().key("success").boolean(true);
  w.key("jobId").string(new_id).key("job");
  write_job(w, *report, true);
  w.end_object();
  return response;
}

expected<http_response> delete_job(gateway_context& context,
                                   const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto id = read_job_id(request.arguments[0]);
  if (!id)
    return fail(id);
  if (auto removed = remove_job(*context.store, context.client, *id, now_ms());
      !removed)
    return fail(removed);
  http_response response;
  response.status = 204;
  return response;
}

} // namespace

void add_control_routes(router& routes, gateway_context& context) {
  auto add = [&](const char* method, const char* pattern, auto handler) {
    routes.add(method, pattern, [&context, handler](http_request& request) {
      return handler(context, request);
    });
  };
  add("PATCH", "/batch/:id", patch_job);
  add("DELETE", "/batch/:id", delete_job);
  add("POST", "/batch/:id/cancel", post_cancel);
  add("POST", "/batch/:id/pause", post_pause);
  add("POST", "/batch/:id/resume", post_resume);
  add("POST", "/batch/:id/retry", post_retry);
}

} // namespace batch
