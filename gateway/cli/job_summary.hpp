// A job as the API answers it, and as it is shown.
#pragma once

#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/progress_text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch::cli {

/// What is shown of a job. All texts are free of control characters.
struct job_summary {
  std::string id;
  std::string type;
  std::string status;
  std::string created_at;
  std::string started_at;
  std::string finished_at;
  /// When it will begin, if that was put off.
  std::string runs_at;
  /// Why it is paused or was cancelled, if nobody ordered it.
  std::string reason;
  /// As ordered, if that is not what was submitted.
  std::string priority;
  std::string concurrency;
  /// It ends when what is being worked on is finished.
  bool is_cancelling = false;
  uint64_t not_started = 0;
  job_progress_view progress;
  /// One line for each of the first errors.
  std::vector<std::string> errors;
  /// There are more errors than the API answered or than `errors` has.
  bool has_more_errors = false;

  bool has_ended() const { return status == "completed" || status == "failed"; }
};

job_summary summarize_job(const json_fields& job);

/// Of `{"success":true,"job":{…}}`; nothing if the text is no such answer.
std::optional<job_summary> parse_job_answer(std::string_view answer);

/// A block of lines "name  value".
std::string job_block(const job_summary& job);

} // namespace batch::cli
