// SEARCHER: the searches of one node's gateway, where the vectors are.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"

namespace batch {

/// Searches one after the other, in a thread of its own: a search takes as long
/// as the vectors of a namespace are many. Answers which things are nearest;
/// their texts are read by the node, with the credit of its link.
searcher_actor spawn_searcher(caf::actor_system& system, search_function search,
                              stray_handler on_stray);

} // namespace batch
