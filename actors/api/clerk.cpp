#include "actors/api/clerk.hpp"

#include "actors/api/calls.hpp"
#include "actors/api/incoming_job.hpp"
#include "actors/dead_letters.hpp"

namespace batch::api {

namespace {

caf::result<void> reply(expected<void> x) {
  if (!x)
    return to_caf(x.error());
  return caf::unit;
}

/// What may be absent. CAF sends an optional as a message of its own only
/// within a result.
template <class T>
caf::result<caf::optional<T>> reply(expected<std::optional<T>> x) {
  if (!x)
    return to_caf(x.error());
  return *x ? caf::optional<T>{std::move(**x)} : caf::optional<T>{};
}

template <class T>
caf::result<T> reply(expected<T> x) {
  return to_result(std::move(x));
}

} // namespace

clerk_actor::behavior_type
clerk(clerk_actor::stateful_pointer<clerk_state> self,
      api_context_ptr context) {
  follow_house_rules(self, context->options.on_stray);
  auto& c = *context;
  self->state.context = std::move(context);
  return {
    [&c](atom::create_atom, const new_job& job) {
      return reply(create_job(c, job));
    },
    [&c](atom::find_atom, const std::string& id) {
      return reply(find_job_info(c, id));
    },
    [&c](atom::list_atom, const job_query& query) {
      return reply(list_job_infos(c, query));
    },
    [&c](atom::order_atom, const std::string& id, const order_ptr& order) {
      return reply(order_job(c, id, *order));
    },
    [&c](atom::retry_atom, const std::string& id) {
      return reply(retry_job(c, id));
    },
    [&c](atom::erase_atom, const std::string& id) {
      return reply(remove_job(c, id));
    },
    [&c](atom::stats_atom) { return reply(read_stats(c)); },
    [&c](atom::find_atom, const std::string& ns, const std::string& id) {
      return reply(find_thing(c, ns, id));
    },
    [&c](atom::put_atom, const std::string& json) {
      return reply(put_thing(c, json));
    },
    [&c](atom::erase_atom, const std::string& ns, const std::string& id) {
      return reply(c.client.erase_thing(ns, id));
    },
    [&c](atom::letters_atom, const letter_query& query) {
      return reply(list_letters(c, query));
    },
    [&c](atom::replay_atom, const letter_replay& replay) {
      return reply(replay_letters(c, replay));
    },
    [&c](atom::purge_atom, const letter_query& query) {
      return reply(purge_letters(c, query));
    },
  };
}

} // namespace batch::api
