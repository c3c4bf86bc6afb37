// Dead letters that are tried again.
#pragma once

#include "actors/queries/letter_queries.hpp"
#include "actors/service_client.hpp"

#include <optional>
#include <string>

namespace batch {

struct replay_request {
  /// Must not be empty. Letters that are not open are passed over.
  letter_filter filter;
  /// JSON Merge Patch for each payload; empty: none.
  std::string patch;
  /// `options` of the new job; empty: those that the letters' job had, without
  /// what put it off.
  std::string options;
  /// Only counts.
  bool dry_run = false;
};

struct replay_outcome {
  /// Nothing if it was a dry run, or if there was nothing to replay.
  std::optional<job_id> job;
  uint64_t count = 0;
};

/// Makes one job of the payloads of open letters. From its acceptance on, the
/// letters are claimed by it: they are no longer open, and an item that fails
/// again is a new letter with the attempts of the old one. An effect takes the
/// place that the item had at first: what newer jobs have written stays.
///
/// Any thread; blocks.
/// Errors: `ec::invalid_request` for an empty filter or a patch that does not
/// fit; `ec::conflict` if the letters are of several types or of jobs with
/// several options, or while letters are being changed elsewhere; those of
/// `submission`.
expected<replay_outcome> replay_letters(const store_reader& store,
                                        service_client& client,
                                        const replay_request& request);

/// Makes one job of the items of a job that have failed and that nobody has
/// tried again, and answers its id.
///
/// Any thread; blocks.
/// Errors: as `find_job_number`; `ec::conflict` if the job has not ended, or
/// has no such items; as `replay_letters`.
expected<job_id> retry_job(const store_reader& store, service_client& client,
                           const job_id& id);

} // namespace batch
