// The job types of one's own, as the SUPERVISOR knows them: those that a worker
// is or was enlisted for since the service has started.
#pragma once

#include "actors/supervisor.hpp"

namespace batch {

/// Spawns what stands for the worker at the DISPATCHER, and knows its type from
/// now on. Errors: as the message of the SUPERVISOR.
caf::result<void> enlist_worker(supervisor_pointer self,
                                const std::string& type,
                                const foreign_worker_actor& worker,
                                uint32_t slots);

/// Checks that jobs of a type can be done by somebody, if not now.
/// Errors: `ec::invalid_job`, naming the types that are known.
expected<void> check_type(const supervisor_state& st, const job_kind& type);

} // namespace batch
