// Errors as HTTP answers: application/problem+json (RFC 9457).
#pragma once

#include "gateway/http/message.hpp"

namespace batch {

/// The status that a code is answered with.
int http_status_of(ec code);

/// The problem document of an error.
http_response problem_response(const error& why, std::string_view request_id);

/// The same with a status of its own, for faults that the HTTP library found.
http_response problem_response(int status, const error& why,
                               std::string_view request_id);

} // namespace batch
