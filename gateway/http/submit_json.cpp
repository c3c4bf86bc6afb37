#include "codecs/hash.hpp"
#include "codecs/submission_json.hpp"
#include "gateway/http/early_upload.hpp"
#include "gateway/http/read_body.hpp"
#include "gateway/http/submit.hpp"
#include "gateway/http/submit_parts.hpp"

namespace batch {

namespace {

/// Bytes of a body that is read before anything is done about it. Source: as
/// much as one read of a socket or two bring.
constexpr size_t short_bytes_max = 64 << 10;

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

} // namespace

expected<http_response> submit_json(gateway_context& context,
                                    http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto key = idempotency_key(request);
  if (!key)
    return fail(key);
  // A job of few items costs no more than one question; a long body would be
  // read for nothing if its job cannot begin.
  auto is_long = request.told_bytes.value_or(SIZE_MAX) > short_bytes_max;
  if (is_long)
    if (auto ok = context.client.admit(); !ok)
      return fail(ok);
  byte_budget::share share{context.json_bodies};
  early_upload early{context.client};
  auto body = read_whole_body(request, context.json_body_bytes, share,
                              [&](std::string_view so_far) {
                                if (is_long)
                                  early.take(so_far);
                              });
  if (!body && body.error().code == ec::body_too_large)
    body.error().message += "; send the items as application/x-ndjson or "
                            "text/csv, which have no such limit";
  if (!body)
    return fail(body);
  auto fingerprint = key->empty() ? "" : sha256_hex(*body);
  if (auto upload = early.finish(*body)) {
    if (auto ok = check_warnings(request, upload->warnings()); !ok)
      return fail(ok);
    return accept(*upload, *key, fingerprint);
  }
  auto parts = parse_submission(*body);
  if (!parts)
    return fail(parts);
  auto source_ns = source_namespace(*parts);
  if (!source_ns)
    return fail(source_ns);
  const auto& from = *source_ns;
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
  return accept(upload, *key, fingerprint);
}

} // namespace batch
