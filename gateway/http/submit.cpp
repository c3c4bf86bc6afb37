#include "gateway/http/submit.hpp"

#include "codecs/fail_point.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/http/submit_parts.hpp"

namespace batch {

namespace {

http_response accepted(const job_acceptance& x,
                       const std::vector<std::string>& warnings) {
  http_response response;
  response.status = 202;
  response.headers.emplace_back("Location", "/batch/" + to_string(x.id));
  if (x.replayed)
    response.headers.emplace_back("Idempotency-Replayed", "true");
  json_writer w{response.body};
  w.begin_object().key("success").boolean(true);
  w.key("jobId").string(to_string(x.id));
  w.key("message").string("Batch job created and queued");
  write_warnings(w, warnings);
  w.end_object();
  return response;
}

/// CSV tells its encoding and whether it has a header (RFC 7111).
expected<void> check_csv(const http_request& request) {
  auto charset = request.media_parameter("charset").value_or("utf-8");
  if (charset != "utf-8")
    return fail(ec::unsupported_media_type,
                "Content-Type: expected charset=utf-8, not '"
                  + charset.substr(0, 64) + "'");
  if (request.media_parameter("header") == "absent")
    return fail(ec::unsupported_media_type,
                "Content-Type: CSV needs a header that names its columns");
  return {};
}

} // namespace

expected<std::string> idempotency_key(const http_request& request) {
  auto key = request.header("Idempotency-Key");
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"')
    key = key.substr(1, key.size() - 2);
  if (key.size() > idempotency_key_bytes_max)
    return fail(ec::invalid_request,
                "Idempotency-Key: longer than "
                  + std::to_string(idempotency_key_bytes_max) + " bytes");
  return key;
}

expected<http_response> accept(submission& upload, std::string key,
                               std::string fingerprint) {
  auto acceptance = upload.close(std::move(key), std::move(fingerprint));
  if (!acceptance)
    return fail(acceptance);
  BATCH_FAIL_POINT("gateway.before_answer");
  return accepted(*acceptance, upload.warnings());
}

expected<void> check_warnings(const http_request& request,
                              const std::vector<std::string>& warnings) {
  if (warnings.empty()
      || request.header("Prefer").find("handling=strict") == std::string::npos)
    return {};
  return fail(ec::invalid_option, warnings.front(), "/options");
}

void write_warnings(json_writer& out,
                    const std::vector<std::string>& warnings) {
  if (warnings.empty())
    return;
  out.key("warnings").begin_array();
  for (const auto& warning : warnings)
    out.string(warning);
  out.end_array();
}

expected<http_response> submit_job(gateway_context& context,
                                   http_request& request) {
  auto type = request.media_type();
  if (type.empty() || type == "application/json")
    return submit_json(context, request);
  if (type == "application/x-ndjson" || type == "application/ndjson"
      || type == "application/jsonl")
    return submit_stream(context, request, stream_format::ndjson);
  if (type == "text/csv") {
    if (auto ok = check_csv(request); !ok)
      return fail(ok);
    return submit_stream(context, request, stream_format::csv);
  }
  return fail(ec::unsupported_media_type,
              "Content-Type: expected application/json, application/x-ndjson "
              "or text/csv, not '"
                + type.substr(0, 64) + "'");
}

} // namespace batch
