// Work on its way to another node, and back.
//
// Everything that a worker needs travels: the job's description, the chunk, and
// the stored things that its items name. What only the coordinator needs (the
// histories of replayed items, payloads of failures) stays there and is put
// back into the outcome when that comes.
//
//   work     :=  record of `work_parts` (wire_work.cpp)
//   outcome  :=  record of `outcome_parts`
#pragma once

#include "actors/work.hpp"

#include <string>

namespace batch {

/// Thread-safety of all calls: pure functions.

std::string encode_work(const loaded_work& work);

/// Reads what `encode_work` wrote.
/// @param known the description of a job that was read before; used if it is of
/// the same job, so that options are parsed once for many chunks. Replaced by
/// the job's.
/// Errors: `ec::storage_corrupt` if the bytes are no work; those of
/// `make_job_context`.
expected<loaded_work> decode_work(std::string_view bytes,
                                  job_context_ptr& known);

std::string encode_outcome(const chunk_outcome& outcome);

/// Reads what `encode_outcome` wrote and checks it against the work that it is
/// of: each item is in it once, and its effects are what this type of job may
/// have. A node that answers anything else has no effect at all.
/// @param work what was sent; only items' texts, places and histories are read.
/// Errors: `ec::internal` saying what is wrong.
expected<chunk_outcome> decode_outcome(std::string_view bytes,
                                       const loaded_work& work);

} // namespace batch
