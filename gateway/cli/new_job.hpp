// What a command shows that has made a job.
#pragma once

#include "gateway/cli/api_client.hpp"

#include <string>

namespace batch::cli {

/// Prints the id of the new job alone, or the API's answer with
/// `connection.json`. With `follow` waits for the job's end, tells about it on
/// standard error and fails if the job did.
/// @param answer has the member `jobId`.
outcome<void> show_new_job(api_client& api,
                           const connection_options& connection,
                           const std::string& answer, bool follow);

} // namespace batch::cli
