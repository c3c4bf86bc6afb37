// SEARCHER: the searches of one node's gateway, where the vectors are.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"

namespace batch {

/// Takes the things out of an answer that one message between nodes has no
/// room for, the last ones first; whoever gets it reads those itself.
void fit_into_message(search_answer& answer);

/// Searches one after the other, in a thread of its own: a search takes as long
/// as the vectors of a namespace are many.
searcher_actor spawn_searcher(caf::actor_system& system, search_function search,
                              stray_handler on_stray);

} // namespace batch
