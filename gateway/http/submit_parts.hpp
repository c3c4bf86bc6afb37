// What the forms of a submission share.
#pragma once

#include "actors/submission.hpp"
#include "gateway/http/context.hpp"

namespace batch {

/// The form that is one JSON document, held whole.
expected<http_response> submit_json(gateway_context& context,
                                    http_request& request);

/// The forms that are read piece by piece, of any length.
enum class stream_format { ndjson, csv };

expected<http_response> submit_stream(gateway_context& context,
                                      http_request& request,
                                      stream_format format);

/// The `Idempotency-Key`, as a bare text or in double quotes; empty if there is
/// none. Errors: `ec::invalid_request`.
expected<std::string> idempotency_key(const http_request& request);

/// Closes the upload and answers 202.
/// @param fingerprint SHA-256 of what was sent, if there is a key.
expected<http_response> accept(submission& upload, std::string key,
                               std::string fingerprint);

} // namespace batch
