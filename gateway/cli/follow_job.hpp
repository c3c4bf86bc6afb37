// Waiting for the end of a job.
#pragma once

#include "gateway/cli/api_client.hpp"
#include "gateway/cli/job_summary.hpp"

#include <string>

namespace batch::cli {

struct followed_job {
  /// The API's last answer.
  std::string answer;
  job_summary summary;

  /// Fails if the job ended `failed`.
  outcome<void> verdict() const;
};

/// Asks for a job once. Fails as `api_client::get`.
outcome<followed_job> find_job(api_client& api, const std::string& id);

/// Asks again and again until the job ends, and shows its progress on standard
/// error. A server that is away for up to 30 s is waited for, so that a
/// restart of it goes by.
outcome<followed_job> follow_job(api_client& api, const std::string& id);

} // namespace batch::cli
