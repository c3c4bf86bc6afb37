// The store of the coordinator, read from another process.
#pragma once

#include "actors/cluster/coordinator_link.hpp"
#include "storage/store.hpp"

namespace batch {

/// Reads over a link; holds it. Pages are of `remote_page_bytes_max` at most,
/// whatever was asked for. Snapshots live as long as the link that they were
/// taken over; taking one never fails, but what is then read of it may.
///
/// Thread-safety: as every reader. A call blocks for a round trip, and up to
/// the deadline of the link.
/// Errors: those of the store of the coordinator;
/// `ec::coordinator_unreachable`; `ec::overloaded` at the deadline. A backup is
/// always refused (`ec::conflict`): the coordinator makes it.
store_reader_ptr make_remote_store_reader(coordinator_link_ptr link);

} // namespace batch
