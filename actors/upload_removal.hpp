// What has to go when an upload never becomes a job.
#pragma once

#include "actors/commit_unit.hpp"
#include "storage/store.hpp"

#include <vector>

namespace batch {

/// The units that remove the chunks of an upload and give back the dead letters
/// that it has claimed. Each may be written alone, in this order.
/// Errors: those of the store; chunks that cannot be read are passed over.
expected<std::vector<commit_unit>> removal_of_upload(const store_reader& store,
                                                     uint64_t number);

} // namespace batch
