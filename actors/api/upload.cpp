#include "actors/api/upload.hpp"

#include "actors/dead_letters.hpp"

namespace batch::api {

namespace {

using upload_pointer = upload_session_actor::stateful_pointer<upload_state>;

/// Whatever goes wrong with an upload ends it; what it had written is removed
/// when its state is destroyed.
template <class T>
caf::result<T> last(upload_pointer self, const error& why) {
  self->quit();
  return to_caf(why);
}

caf::result<upload_actor> open(upload_pointer self, const new_job& head) {
  auto& st = self->state;
  if (!head.items.empty() || !head.lines.empty())
    return last<upload_actor>(
      self, {ec::invalid_job, "items: an upload brings them in blocks of "
                              "their own; leave out items and lines"});
  end_with_sender(self);
  st.job = std::make_unique<incoming_job>(*st.context);
  if (auto ok = st.job->open(head, true); !ok)
    return last<upload_actor>(self, ok.error());
  st.session.use();
  return upload_actor{self};
}

caf::result<void> append(upload_pointer self, const std::string& lines) {
  auto& st = self->state;
  if (lines.size() > rpc_bytes_max)
    return last<void>(
      self, {ec::body_too_large, "a block of an upload has at most "
                                   + std::to_string(rpc_bytes_max) + " bytes"});
  auto added = st.job->add_lines(lines);
  if (!added)
    return last<void>(self, added.error());
  st.session.use();
  return caf::unit;
}

caf::result<job_accepted> close(upload_pointer self) {
  auto accepted = self->state.job->close();
  self->quit();
  return to_result(std::move(accepted));
}

} // namespace

upload_session_actor::behavior_type upload(upload_pointer self,
                                           api_context_ptr context) {
  follow_house_rules(self, context->options.on_stray);
  self->state.context = std::move(context);
  return {
    [self](atom::append_atom, const std::string& lines) {
      return append(self, lines);
    },
    [self](atom::close_atom) { return close(self); },
    [self](atom::abandon_atom) { self->quit(); },
    [self](atom::upload_atom, const new_job& head) { return open(self, head); },
    [self](atom::tick_atom) {
      const auto& st = self->state;
      end_if_idle(self, st.session, st.context->options.idle_limit);
    },
  };
}

} // namespace batch::api
