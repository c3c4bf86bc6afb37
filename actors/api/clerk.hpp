// CLERKS: make the calls of the RPC that may block, one after the other.
#pragma once

#include "actors/api/context.hpp"

namespace batch::api {

/// A thread for calls. Each line as that of `service_actor`.
using clerk_actor = caf::typed_actor<
  caf::replies_to<atom::create_atom, new_job>::with<job_accepted>,
  caf::replies_to<atom::find_atom, std::string>::with<caf::optional<job_info>>,
  caf::replies_to<atom::list_atom, job_query>::with<job_page>,
  // Gives an order and answers the job as it is then.
  caf::replies_to<atom::order_atom, std::string, order_ptr>::with<job_info>,
  caf::replies_to<atom::retry_atom, std::string>::with<job_accepted>,
  caf::replies_to<atom::erase_atom, std::string>::with<void>,
  caf::replies_to<atom::stats_atom>::with<service_stats>,
  caf::replies_to<atom::find_atom, std::string,
                  std::string>::with<caf::optional<thing_text>>,
  caf::replies_to<atom::put_atom, std::string>::with<void>,
  caf::replies_to<atom::erase_atom, std::string, std::string>::with<void>,
  caf::replies_to<atom::letters_atom, letter_query>::with<letter_page>,
  caf::replies_to<atom::replay_atom, letter_replay>::with<letters_replayed>,
  caf::replies_to<atom::purge_atom, letter_query>::with<uint64_t>>;

struct clerk_state {
  static inline const char* name = "clerk";
  api_context_ptr context;
};

/// To be spawned detached.
clerk_actor::behavior_type
clerk(clerk_actor::stateful_pointer<clerk_state> self, api_context_ptr context);

} // namespace batch::api
