// A job that comes in as messages.
#pragma once

#include "actors/api/context.hpp"
#include "actors/item_stream.hpp"
#include "actors/submission.hpp"
#include "codecs/hash.hpp"

namespace batch::api {

/// One job: open, add items, close. What was added is kept only when `close`
/// has answered.
///
/// Thread-safety: none; blocks. Must not outlive the context.
class incoming_job {
public:
  explicit incoming_job(api_context& context)
    : context_(context), upload_(context.client),
      lines_(make_ndjson_stream(upload_)) {}

  /// Opens a job. The items of `head` are not looked at.
  /// @param brings_items whether items will be added; otherwise they are those
  /// of a namespace, if the job names one, and are added here.
  /// Errors: `ec::invalid_job`, `ec::invalid_option`, `ec::invalid_json`;
  /// those of `submission`.
  expected<void> open(const new_job& head, bool brings_items);

  /// Adds an item. Errors: also `ec::invalid_json`.
  expected<void> add_item(std::string_view text);

  /// Adds NDJSON, which may begin and end inside of a line.
  expected<void> add_lines(std::string_view text);

  /// Accepts the job. Errors: as `submission::close`.
  expected<job_accepted> close();

private:
  void note(std::string_view part);

  api_context& context_;
  submission upload_;
  item_stream_ptr lines_;
  uint64_t items_ = 0;
  std::string key_;
  /// What was sent under the key.
  sha256 hash_;
};

/// Makes a job of one message. Errors: also `ec::body_too_large`.
expected<job_accepted> create_job(api_context& context, const new_job& job);

/// Bytes of a message that count against `rpc_bytes_max`.
size_t bytes_of(const new_job& job);

} // namespace batch::api
