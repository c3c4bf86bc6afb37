#include "actors/api/service_role.hpp"

#include "actors/api/block_source.hpp"
#include "actors/api/incoming_job.hpp"
#include "actors/api/service_end.hpp"
#include "actors/api/upload.hpp"
#include "actors/dead_letters.hpp"

namespace batch::api {

namespace {

using session_kind = service_role_state::session_kind;

caf::error ending() {
  return make_error(ec::shutting_down, "the service is ending");
}

/// Spawns an actor with a thread of its own.
template <class Behavior>
auto spawn_helper(service_role_pointer self, Behavior behavior) {
  auto helper = self->spawn<caf::monitored + caf::detached>(
    behavior, self->state.context);
  self->state.helpers->insert(helper.address());
  return helper;
}

/// Lets a clerk make a call.
/// @param bytes of the message, if it may be large.
template <class T, class... Message>
caf::result<T> call(service_role_pointer self,
                    clerk_pool service_role_state::*of, size_t bytes,
                    const Message&... message) {
  auto& st = self->state;
  if (st.is_ending)
    return ending();
  auto clerk
    = (st.*of).take(bytes, [&] { return spawn_helper(self, api::clerk); });
  if (!clerk)
    return to_caf(clerk.error());
  auto answer = self->make_response_promise<T>();
  auto to = *clerk;
  auto failed = [=](const caf::error& why) mutable {
    (self->state.*of).give_back(to, bytes);
    // Of a clerk that was lost, it would be one of CAF's own, or an empty one.
    answer.deliver(to_caf(from_caf(why)));
  };
  // Bounded by the limits of what the clerk asks for.
  auto pending = self->request(to, caf::infinite, message...);
  if constexpr (std::is_void_v<T>)
    pending.then(
      [=]() mutable {
        (self->state.*of).give_back(to, bytes);
        fulfil(answer);
      },
      failed);
  else
    pending.then(
      [=](const T& x) mutable {
        (self->state.*of).give_back(to, bytes);
        answer.deliver(x);
      },
      failed);
  return answer;
}

constexpr auto readers = &service_role_state::readers;
constexpr auto writers = &service_role_state::writers;
constexpr auto movers = &service_role_state::movers;

void tick_later(service_role_pointer self) {
  auto& st = self->state;
  if (st.is_ticking || st.is_ending || st.sessions.empty())
    return;
  st.is_ticking = true;
  self->delayed_send(self, st.context->options.idle_tick, atom::tick_atom_v);
}

/// Spawns an upload or a stream, and lets it answer whoever asks for it.
template <class T, class Behavior, class... Message>
caf::result<T> open(service_role_pointer self, session_kind kind,
                    Behavior behavior, const Message&... message) {
  auto& st = self->state;
  if (st.is_ending)
    return ending();
  const auto& options = st.context->options;
  auto is_upload = kind == session_kind::upload;
  auto max = is_upload ? options.uploads_max : options.streams_max;
  if (st.open(kind) >= max)
    return make_error(ec::overloaded,
                      std::to_string(max)
                        + (is_upload ? " uploads" : " streams")
                        + " are open; try again when some have ended");
  auto session = spawn_helper(self, behavior);
  st.sessions[session.address()] = kind;
  tick_later(self);
  return self->delegate(session, message...);
}

template <class Atom, class Query>
caf::result<block_source_actor> open_stream(service_role_pointer self,
                                            Atom what, const Query& query) {
  return open<block_source_actor>(self, session_kind::stream, block_source,
                                  what, query);
}

caf::result<job_info> order(service_role_pointer self, const std::string& id,
                            job_order what) {
  return call<job_info>(self, writers, 0, atom::order_atom_v, id,
                        std::make_shared<const job_order>(std::move(what)));
}

caf::result<job_info> change(service_role_pointer self, const std::string& id,
                             const job_change& wanted) {
  job_order what;
  if (wanted.priority)
    what.priority = *wanted.priority;
  if (wanted.concurrency)
    what.concurrency = *wanted.concurrency;
  if (what.priority.value_or(0) < -10 || what.priority.value_or(0) > 10)
    return make_error(ec::invalid_request, "priority: expected -10 to 10");
  if (what.concurrency.value_or(1) < 1 || what.concurrency.value_or(1) > 1000)
    return make_error(ec::invalid_request, "concurrency: expected 1 to 1000");
  if (!what.priority && !what.concurrency)
    return make_error(ec::invalid_request,
                      "expected priority, concurrency or both");
  return order(self, id, std::move(what));
}

/// A job of a namespace is as long as that is.
auto pool_for(const new_job& job) {
  return job.items.empty() && job.lines.empty() ? movers : writers;
}

void handle_down(service_role_pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  if (st.helpers->erase(down.source) == 0)
    // One of those behind; without it the service cannot go on.
    return begin_end(self, down.reason
                             ? down.reason
                             : make_error(ec::internal, "an actor has ended"));
  st.sessions.erase(down.source);
  for (auto pool : {&st.readers, &st.writers, &st.movers})
    pool->remove(down.source);
  if (down.source == st.watcher.address() && !st.is_ending)
    st.watcher = spawn_helper(self, watcher);
  go_on_ending(self);
}

void tick(service_role_pointer self) {
  auto& st = self->state;
  st.is_ticking = false;
  for (const auto& [address, kind] : st.sessions)
    if (auto session = caf::actor_cast<caf::actor>(address))
      caf::anon_send(session, atom::tick_atom_v);
  tick_later(self);
}

} // namespace

size_t service_role_state::open(session_kind kind) const {
  size_t count = 0;
  for (const auto& [address, x] : sessions)
    count += x == kind ? 1 : 0;
  return count;
}

service_role_actor::behavior_type service_role(service_role_pointer self,
                                               api_context_ptr context,
                                               batch::service core) {
  auto& st = self->state;
  st.context = std::move(context);
  st.core = std::move(core);
  st.helpers = std::make_shared<std::set<caf::actor_addr>>();
  follow_house_rules(self, st.context->options.on_stray);
  self->set_down_handler(
    [self](const caf::down_msg& down) { handle_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    // Whoever has linked itself to the handle elsewhere does not end it.
    if (x.source.node() == self->node())
      begin_end(self, x.reason);
  });
  end_all_with(self);
  st.watcher = spawn_helper(self, watcher);
  return {
    [self](atom::create_atom what, const new_job& job) {
      return call<job_accepted>(self, pool_for(job), bytes_of(job), what, job);
    },
    [self](atom::upload_atom what, const new_job& job) {
      return open<upload_actor>(self, session_kind::upload, upload, what, job);
    },
    [self](atom::find_atom what, const std::string& id) {
      return call<caf::optional<job_info>>(self, readers, 0, what, id);
    },
    [self](atom::list_atom what, const job_query& query) {
      return call<job_page>(self, readers, 0, what, query);
    },
    [self](atom::cancel_atom, const std::string& id, bool now) {
      return order(
        self, id,
        {now ? job_order::kind::cancel_now : job_order::kind::cancel});
    },
    [self](atom::pause_atom, const std::string& id) {
      return order(self, id, {job_order::kind::pause});
    },
    [self](atom::resume_atom, const std::string& id) {
      return order(self, id, {job_order::kind::resume});
    },
    [self](atom::change_atom, const std::string& id, const job_change& wanted) {
      return change(self, id, wanted);
    },
    [self](atom::retry_atom what, const std::string& id) {
      return call<job_accepted>(self, movers, 0, what, id);
    },
    [self](atom::erase_atom what, const std::string& id) {
      return call<void>(self, movers, 0, what, id);
    },
    [self](atom::stats_atom what) {
      return call<service_stats>(self, readers, 0, what);
    },
    [self](atom::export_atom what, const export_query& query) {
      return open_stream(self, what, query);
    },
    [self](atom::results_atom what, const std::string& id) {
      return open_stream(self, what, id);
    },
    [self](atom::errors_atom what, const std::string& id) {
      return open_stream(self, what, id);
    },
    [self](atom::find_atom what, const std::string& ns, const std::string& id) {
      return call<caf::optional<thing_text>>(self, readers, 0, what, ns, id);
    },
    [self](atom::put_atom what, const std::string& json) {
      return call<void>(self, writers, json.size(), what, json);
    },
    [self](atom::erase_atom what, const std::string& ns,
           const std::string& id) {
      return call<void>(self, writers, 0, what, ns, id);
    },
    [self](atom::letters_atom what, const letter_query& query) {
      return call<letter_page>(self, readers, 0, what, query);
    },
    [self](atom::replay_atom what, const letter_replay& replay) {
      return call<letters_replayed>(self, movers, 0, what, replay);
    },
    [self](atom::purge_atom what, const letter_query& query) {
      return call<uint64_t>(self, movers, 0, what, query);
    },
    [self](atom::subscribe_atom what, const std::string& id,
           const job_listener_actor& listener) -> caf::result<void> {
      if (self->state.is_ending)
        return ending();
      return self->delegate(self->state.watcher, what, id, listener);
    },
    [self](atom::enlist_atom what, const std::string& type,
           const foreign_worker_actor& worker,
           uint32_t slots) -> caf::result<void> {
      if (self->state.is_ending)
        return ending();
      return self->delegate(self->state.core->supervisor, what, type, worker,
                            slots);
    },
    [self](atom::join_atom what, const std::string& hello,
           const caf::actor& node)
      -> caf::result<std::string, caf::actor, caf::actor> {
      if (self->state.is_ending)
        return ending();
      return self->delegate(self->state.core->cluster, what, hello, node);
    },
    [self](atom::tick_atom) { tick(self); },
    [self](atom::stop_atom) {
      if (self->state.is_leaving)
        self->quit(self->state.reason);
      else
        stop_core(self);
    },
  };
}

service_actor spawn_service_role(caf::actor_system& system, batch::service core,
                                 store_reader_ptr store, api_options options) {
  if (!options.on_stray)
    options.on_stray = [letters = core.dead_letters.address()](
                         const std::string& role, const std::string& message) {
      if (auto to = caf::actor_cast<dead_letters_actor>(letters))
        caf::anon_send(to, atom::stray_atom_v, role, message);
    };
  auto context = std::make_shared<api_context>(
    system, core.supervisor, std::move(store), std::move(options));
  return system.spawn(service_role, std::move(context), std::move(core));
}

} // namespace batch::api
