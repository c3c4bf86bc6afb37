// DEAD LETTERS: what the system itself could not deliver. The dead letters of
// jobs are written by their JOB, together with what else an outcome changes.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/options.hpp"
#include "storage/store.hpp"

#include <spdlog/spdlog.h>

namespace batch {

struct dead_letters_state {
  static inline const char* name = "dead letters";
  service_options options;
  committer_actor committer;
  /// The item number of the next letter, and how many more are kept.
  uint32_t next = 0;
  uint32_t left = 0;
};

dead_letters_actor::behavior_type
dead_letters(dead_letters_actor::stateful_pointer<dead_letters_state> self,
             service_options options, store_reader_ptr store,
             committer_actor committer);

/// Lets an exception end an actor with a reason, and the log tell it. CAF would
/// write to the standard output, which belongs to the program.
template <class Self>
void end_by_exceptions(Self* self) {
  self->set_exception_handler(
    [](caf::scheduled_actor* me, std::exception_ptr& thrown) -> caf::error {
      std::string why = "unknown exception";
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& e) {
        why = e.what();
      } catch (...) {
      }
      spdlog::error("{} ends: {}", me->name(), why);
      return to_caf({ec::internal, std::move(why)});
    });
}

/// Gives an actor the habits of the house: a message that it does not take is
/// reported to `on_stray`, and an exception ends it with a reason.
template <class Self>
void follow_house_rules(Self* self, const stray_handler& on_stray) {
  self->set_default_handler(
    [on_stray](caf::scheduled_actor* me,
               caf::message_view& x) -> caf::result<caf::message> {
      if (on_stray)
        on_stray(me->name(), caf::to_string(x.move_content_to_message()));
      return caf::sec::unexpected_message;
    });
  end_by_exceptions(self);
}

} // namespace batch
