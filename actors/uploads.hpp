// The part of the SUPERVISOR that takes new jobs in.
#pragma once

#include "actors/supervisor.hpp"

namespace batch {

/// Whether something new may begin.
/// Errors: `ec::shutting_down`, `ec::overloaded`, `ec::storage_full`,
/// `ec::storage_failure`.
expected<void> check_admission(const supervisor_state& st);

expected<job_ticket> open_upload(supervisor_pointer self,
                                 const job_request& request);

caf::result<void> append_to_upload(supervisor_pointer self, uint64_t number,
                                   const commit_unit_ptr& unit);

/// Accepts an upload, or answers what an earlier one under the same key was
/// answered. A refused upload stays open until it is abandoned.
caf::result<job_acceptance> close_upload(supervisor_pointer self,
                                         const job_closing& closing);

void abandon_upload(supervisor_pointer self, uint64_t number);

} // namespace batch
