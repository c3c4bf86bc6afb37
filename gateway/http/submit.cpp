#include "gateway/http/submit.hpp"

#include "actors/submission.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/hash.hpp"
#include "codecs/json_writer.hpp"
#include "codecs/ndjson.hpp"
#include "codecs/submission_json.hpp"
#include "gateway/http/read_body.hpp"

namespace batch {

namespace {

/// The `Idempotency-Key`, as a bare text or in double quotes; empty if there is
/// none. Errors: `ec::invalid_request`.
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

expected<http_response> close(submission& upload, std::string key,
                              std::string fingerprint) {
  auto acceptance = upload.close(std::move(key), std::move(fingerprint));
  if (!acceptance)
    return fail(acceptance);
  BATCH_FAIL_POINT("gateway.before_answer");
  return accepted(*acceptance, upload.warnings());
}

/// Adds the elements of the array of a JSON body.
expected<void> add_items(submission& upload, std::string_view items,
                         std::string_view body) {
  expected<void> added;
  auto walked = split_elements(items, [&](const json_member& item) {
    added = upload.add(item.value);
    return added.has_value();
  });
  if (!added && added.error().code != ec::invalid_json)
    return added;
  if (!added || !walked)
    return tl::unexpected{not_json(body)};
  return {};
}

/// Whether the type can take its items from a namespace.
bool takes_namespace(job_type type) {
  return type == job_type::generate_embeddings
         || type == job_type::export_things || type == job_type::transform_data;
}

expected<http_response> submit_json(gateway_context& context,
                                    http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto key = idempotency_key(request);
  if (!key)
    return fail(key);
  byte_budget::share share{context.json_bodies};
  auto body = read_whole_body(request, context.json_body_bytes, share);
  if (!body && body.error().code == ec::body_too_large)
    body.error().message += "; send the items as application/x-ndjson, which "
                            "has no such limit";
  if (!body)
    return fail(body);
  auto parts = parse_submission(*body);
  if (!parts)
    return fail(parts);
  std::optional<std::string> from;
  if (takes_namespace(parts->type)) {
    auto ns = input_namespace(parts->input);
    if (!ns)
      return fail(ns);
    from = std::move(*ns);
  }
  if (!parts->items && !from)
    return fail(ec::invalid_job,
                takes_namespace(parts->type)
                  ? "items: required, an array (or input: {\"ns\": …})"
                  : "items: required, an array",
                "/items");
  if (parts->items && from)
    return fail(ec::invalid_job,
                "items: not together with input/ns, which names the items",
                "/items");

  submission upload{context.client};
  auto source = from ? item_source::stored_things : item_source::submitted;
  if (auto ok = upload.open(
        {parts->type, std::string{parts->options}, std::string{parts->input}},
        source);
      !ok)
    return fail(ok);
  if (auto ok = check_warnings(request, upload.warnings()); !ok)
    return fail(ok);
  auto added = from ? upload.add_namespace(*context.store, *from)
                    : add_items(upload, *parts->items, *body);
  if (!added)
    return fail(added);
  return close(upload, *key, key->empty() ? "" : sha256_hex(*body));
}

/// One item of an NDJSON body. Whatever is wrong with it stays its own affair.
expected<void> add_line(submission& upload, const ndjson_splitter::line& line) {
  auto where = "line " + std::to_string(line.number) + " (byte "
               + std::to_string(line.offset) + ")";
  if (line.too_long)
    return upload.add_refused(
      {ec::item_too_large,
       where + " is longer than " + std::to_string(item_bytes_max) + " bytes"},
      {});
  auto added = upload.add(line.text);
  if (added || added.error().code != ec::invalid_json)
    return added;
  return upload.add_refused(
    {ec::invalid_json, where + " is " + added.error().message}, line.text);
}

expected<http_response> submit_ndjson(gateway_context& context,
                                      http_request& request) {
  if (auto ok = check_parameters(request, {"type", "options"}); !ok)
    return fail(ok);
  if (auto ok = check_announced(request); !ok)
    return fail(ok);
  auto type = request.parameter("type");
  if (!type)
    return fail(ec::invalid_job, "type: required in the query, e.g. "
                                 "/batch?type=import-things");
  auto parsed = parse_job_type(*type);
  if (!parsed)
    return fail(parsed);
  auto key = idempotency_key(request);
  if (!key)
    return fail(key);
  submission upload{context.client};
  if (auto ok
      = upload.open({*parsed, request.parameter("options").value_or(""), {}},
                    item_source::submitted);
      !ok)
    return fail(ok);
  if (auto ok = check_warnings(request, upload.warnings()); !ok)
    return fail(ok);
  ndjson_splitter lines{item_bytes_max};
  expected<void> added;
  auto add = [&](const ndjson_splitter::line& line) {
    added = add_line(upload, line);
    return added.has_value();
  };
  sha256 hash;
  hash.update(*type + "\n" + request.parameter("options").value_or("") + "\n");
  auto whole = request.read_body([&](std::string_view piece) {
    if (!key->empty())
      hash.update(piece);
    return lines.feed(piece, add);
  });
  if (whole && added)
    lines.finish(add);
  if (!added)
    return fail(added);
  if (!whole)
    return fail(whole);
  return close(upload, *key, hash.finish_hex());
}

} // namespace

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
    return submit_ndjson(context, request);
  return fail(ec::unsupported_media_type,
              "Content-Type: expected application/json or "
              "application/x-ndjson, not '"
                + type.substr(0, 64) + "'");
}

} // namespace batch
