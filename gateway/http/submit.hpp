// POST /batch: a submission in one of its forms becomes a job.
#pragma once

#include "codecs/json_writer.hpp"
#include "gateway/http/context.hpp"

namespace batch {

/// Reads the body and answers 202 once the job is kept.
expected<http_response> submit_job(gateway_context& context,
                                   http_request& request);

/// `Prefer: handling=strict` makes errors of warnings about options.
expected<void> check_warnings(const http_request& request,
                              const std::vector<std::string>& warnings);

/// Writes the member `warnings` if there are any.
void write_warnings(json_writer& out, const std::vector<std::string>& warnings);

} // namespace batch
