// UPLOAD: a job whose items come in blocks. Blocks, so it has a thread.
#pragma once

#include "actors/api/incoming_job.hpp"
#include "actors/api/session.hpp"

#include <memory>

namespace batch::api {

/// `upload_actor` as the SERVICE sees it.
using upload_session_actor = upload_actor::extend<
  // Opens the upload for who has asked the SERVICE for it, and answers itself.
  caf::replies_to<atom::upload_atom, new_job>::with<upload_actor>,
  // Time to see whether it is still used.
  caf::reacts_to<atom::tick_atom>>;

struct upload_state {
  static inline const char* name = "upload";
  api_context_ptr context;
  api::session session;
  std::unique_ptr<incoming_job> job;
};

/// To be spawned detached.
upload_session_actor::behavior_type
upload(upload_session_actor::stateful_pointer<upload_state> self,
       api_context_ptr context);

} // namespace batch::api
