// Between the chunks of the service and the messages of a worker of somebody
// else: what it is asked, and what its answer amounts to.
#pragma once

#include "actors/work.hpp"
#include <batch/foreign_worker.hpp>

namespace batch {

/// What a worker is asked to do of loaded work: all items but those that are
/// known to be faulty.
foreign_work to_foreign(const loaded_work& work);

/// The outcome that an answer amounts to. Items with faults fail with them; a
/// result that is too large to be kept is its item's failure.
/// Errors: `ec::internal` if the answer does not have each item exactly once,
/// has a result that is not JSON, or more than `outcome_bytes_max`.
expected<chunk_outcome>
read_foreign_answer(const loaded_work& work,
                    const std::vector<foreign_result>& answer);

} // namespace batch
