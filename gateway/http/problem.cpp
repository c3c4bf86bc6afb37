#include "gateway/http/problem.hpp"

#include "codecs/json_writer.hpp"

namespace batch {

namespace {

std::string_view title_of(int status) {
  switch (status) {
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 410:
    return "Gone";
  case 411:
    return "Length Required";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 422:
    return "Unprocessable Content";
  case 503:
    return "Service Unavailable";
  case 507:
    return "Insufficient Storage";
  default:
    return status < 500 ? "Bad Request" : "Internal Server Error";
  }
}

} // namespace

int http_status_of(ec code) {
  switch (code) {
  case ec::invalid_request:
  case ec::invalid_json:
  case ec::invalid_job:
  case ec::invalid_option:
  case ec::invalid_item:
  case ec::rejected:
    return 400;
  case ec::unauthorized:
    return 401;
  case ec::no_such_job:
  case ec::no_such_thing:
  case ec::no_such_embedding:
  case ec::no_such_dead_letter:
  case ec::no_such_node:
  case ec::no_such_route:
    return 404;
  case ec::method_not_allowed:
    return 405;
  case ec::conflict:
    return 409;
  case ec::job_gone:
    return 410;
  case ec::item_too_large:
  case ec::body_too_large:
    return 413;
  case ec::unsupported_media_type:
    return 415;
  case ec::idempotency_mismatch:
    return 422;
  case ec::overloaded:
  case ec::throttled:
  case ec::unavailable:
  case ec::provider_refused:
  case ec::shutting_down:
  case ec::storage_failure:
  case ec::snapshot_gone:
  case ec::coordinator_unreachable:
    return 503;
  case ec::storage_full:
    return 507;
  default:
    return 500;
  }
}

http_response problem_response(const error& why, std::string_view request_id) {
  return problem_response(http_status_of(why.code), why, request_id);
}

http_response problem_response(int status, const error& why,
                               std::string_view request_id) {
  http_response response;
  response.status = status;
  response.content_type = "application/problem+json";
  json_writer w{response.body};
  w.begin_object().key("type").string("about:blank");
  w.key("title").string(title_of(status));
  w.key("status").number(int64_t{status});
  w.key("detail").string(why.message);
  w.key("success").boolean(false).key("error").string(why.message);
  w.key("code").string(to_string(why.code));
  w.key("requestId").string(request_id);
  if (!why.pointer.empty()) {
    w.key("errors").begin_array().begin_object();
    w.key("pointer").string(why.pointer).key("message").string(why.message);
    w.end_object().end_array();
  }
  w.end_object();
  if (status == 503)
    response.headers.emplace_back("Retry-After", "1");
  return response;
}

} // namespace batch
