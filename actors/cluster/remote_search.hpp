// A search at the coordinator, asked for from another process.
#pragma once

#include "actors/cluster/coordinator_link.hpp"
#include "actors/queries/search_request.hpp"
#include "storage/store.hpp"

namespace batch {

/// The search of a gateway without a store of its own: the coordinator has the
/// vectors in memory, compares them and answers which things are nearest.
/// @param store that of the coordinator: the things are read from it. One that
/// was deleted meanwhile is left out.
/// Errors also: those of the link; `ec::overloaded` where more than
/// `link_searches_max` are asked for and none of them ends in time.
search_function make_remote_search(coordinator_link_ptr link,
                                   store_reader_ptr store);

} // namespace batch
