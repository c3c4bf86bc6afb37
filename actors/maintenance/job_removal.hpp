// Jobs that have ended and are no longer wanted.
#pragma once

#include "actors/maintenance/letters_ticket.hpp"
#include "storage/store.hpp"

namespace batch {

/// Removes a job that has ended with its results and dead letters. That it was
/// there is remembered for `tombstone_age_max`.
/// Any thread; blocks.
/// Errors: `ec::no_such_job`, `ec::job_gone`; `ec::conflict` if it has not
/// ended, or while letters are being changed elsewhere; those of the service.
expected<void> remove_job(const store_reader& store, service_client& client,
                          const job_id& id, time_ms now);

/// The same under a ticket that is held already.
expected<void> remove_job(const store_reader& store, letters_ticket& ticket,
                          uint64_t number, time_ms now, durability d);

} // namespace batch
