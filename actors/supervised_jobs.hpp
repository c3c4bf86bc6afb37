// The part of the SUPERVISOR that keeps the actors of open jobs running.
#pragma once

#include "actors/supervisor.hpp"

namespace batch {

void spawn_job(supervisor_pointer self, open_job start);

/// A JOB has ended: normally, or by a defect of ours, and then it starts again
/// from what the store says of it.
void handle_job_down(supervisor_pointer self, const caf::down_msg& down);

/// Passes an order on to the JOB. One that was given up is started again by
/// `resume`.
caf::result<void> order_job(supervisor_pointer self, const job_id& id,
                            const order_ptr& order);

} // namespace batch
