// How a failure becomes a dead letter.
#pragma once

#include "actors/work.hpp"

namespace batch {

/// The dead letter of an item that failed for good at `now`. Attempts of its
/// life before a replay come first.
dead_letter make_letter(const job_spec& job, uint32_t item_index,
                        const item_failure& failure, const pending_item& item,
                        time_ms now);

} // namespace batch
