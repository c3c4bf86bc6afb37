// POST /batch: a submission in one of its forms becomes a job.
#pragma once

#include "gateway/http/context.hpp"

namespace batch {

expected<http_response> submit_job(gateway_context& context,
                                   http_request& request);

} // namespace batch
