#include "actors/item_stream.hpp"
#include "codecs/hash.hpp"
#include "codecs/submission_json.hpp"
#include "gateway/http/read_body.hpp"
#include "gateway/http/submit.hpp"
#include "gateway/http/submit_parts.hpp"

namespace batch {

expected<http_response> submit_stream(gateway_context& context,
                                      http_request& request,
                                      stream_format format) {
  if (auto ok = check_parameters(request, {"type", "options"}); !ok)
    return fail(ok);
  if (auto ok = check_announced(request); !ok)
    return fail(ok);
  auto name = request.parameter("type");
  if (!name)
    return fail(ec::invalid_job, "type: required in the query, e.g. "
                                 "/batch?type=import-things");
  auto type = parse_job_type(*name);
  if (!type)
    return fail(type);
  auto key = idempotency_key(request);
  if (!key)
    return fail(key);
  // A slow client may stay long, so it gets a place only while there are some.
  auto slot = context.uploads.take();
  if (!slot)
    return fail(slot);
  auto options = request.parameter("options").value_or("");
  submission upload{context.client};
  if (auto ok = upload.open({*type, options, {}}, item_source::submitted); !ok)
    return fail(ok);
  if (auto ok = check_warnings(request, upload.warnings()); !ok)
    return fail(ok);
  auto items = format == stream_format::csv
                 ? make_csv_stream(type->base, upload)
                 : make_ndjson_stream(upload);
  sha256 hash;
  hash.update(*name + "\n" + options + "\n");
  expected<void> added;
  auto whole = request.read_body([&](std::string_view piece) {
    if (!key->empty())
      hash.update(piece);
    added = items->feed(piece);
    return added.has_value();
  });
  if (whole && added)
    added = items->finish();
  if (!added)
    return fail(added);
  if (!whole)
    return fail(whole);
  return accept(upload, *key, hash.finish_hex());
}

} // namespace batch
