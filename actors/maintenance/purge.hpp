// Dead letters that nobody will try again.
#pragma once

#include "actors/queries/letter_queries.hpp"
#include "actors/service_client.hpp"

namespace batch {

/// Removes open letters and their payloads; their jobs still show that the
/// items failed, and why. If it breaks off, some are purged and some are not.
/// @param dry_run only counts.
/// @returns how many letters it was.
/// Any thread; blocks.
/// Errors: `ec::invalid_request` for an empty filter; `ec::conflict` while
/// letters are being changed elsewhere; those of the service.
expected<uint64_t> purge_letters(const store_reader& store,
                                 service_client& client,
                                 const letter_filter& filter, bool dry_run);

} // namespace batch
