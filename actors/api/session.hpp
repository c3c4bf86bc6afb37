// What uploads and streams of blocks have in common: they belong to an actor
// elsewhere, which may be gone at any time.
#pragma once

#include "actors/messages.hpp"

#include <chrono>

namespace batch::api {

/// The part of the state of such an actor.
struct session {
  std::chrono::steady_clock::time_point used_at
    = std::chrono::steady_clock::now();

  void use() { used_at = std::chrono::steady_clock::now(); }
};

/// Ends the actor with the sender of the message that is being handled.
template <class Self>
void end_with_sender(Self* self) {
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  if (auto opener = self->current_sender())
    self->monitor(opener);
}

template <class Self>
void end_if_idle(Self* self, const session& x,
                 std::chrono::milliseconds limit) {
  if (std::chrono::steady_clock::now() - x.used_at > limit)
    self->quit();
}

} // namespace batch::api
