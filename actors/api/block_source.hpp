// SOURCE: gives out a stream in blocks, each when it is asked for. Blocks, so
// it has a thread.
#pragma once

#include "actors/api/context.hpp"
#include "actors/api/session.hpp"
#include "actors/queries/byte_stream.hpp"

namespace batch::api {

/// `block_source_actor` as the SERVICE sees it.
using block_session_actor = block_source_actor::extend<
  // Each of these begins a stream for who has asked the SERVICE for it, and
  // answers itself.
  caf::replies_to<atom::export_atom, export_query>::with<block_source_actor>,
  caf::replies_to<atom::results_atom, std::string>::with<block_source_actor>,
  caf::replies_to<atom::errors_atom, std::string>::with<block_source_actor>,
  // Time to see whether it is still used.
  caf::reacts_to<atom::tick_atom>>;

struct block_source_state {
  static inline const char* name = "block source";
  api_context_ptr context;
  api::session session;
  byte_stream_ptr stream;
  /// What was read and not given out yet.
  std::string ahead;
  bool more = true;
};

/// To be spawned detached.
block_session_actor::behavior_type
block_source(block_session_actor::stateful_pointer<block_source_state> self,
             api_context_ptr context);

} // namespace batch::api
