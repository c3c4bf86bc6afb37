#include "actors/supervisor.hpp"

#include "actors/dead_letters.hpp"
#include "actors/own_types.hpp"
#include "actors/supervised_jobs.hpp"
#include "actors/uploads.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/stamped.hpp"
#include "storage/keys.hpp"

#include <utility>

namespace batch {

namespace {

/// Passes a unit on to the COMMITTER, which answers the sender.
caf::result<void> write(supervisor_pointer self, commit_unit unit) {
  return self->delegate(self->state.committer, atom::commit_atom_v,
                        std::make_shared<const commit_unit>(std::move(unit)));
}

caf::result<void> put_thing(supervisor_pointer self, const std::string& ns,
                            const std::string& id, const std::string& text) {
  auto& st = self->state;
  if (auto ok = check_admission(st); !ok)
    return to_caf(ok.error());
  BATCH_FAIL_POINT("thing.before_put");
  // A number of its own orders this write among those of jobs.
  auto number = st.next_job++;
  auto stamp = make_stamp(number, 0, text);
  commit_unit unit;
  unit.changes.put(family::things, keys::named(ns, id),
                   {{stamp.data(), stamp.size()}, text});
  unit.counters.next_job = number + 1;
  unit.durable = true;
  unit.refusable = true;
  return write(self, std::move(unit));
}

caf::result<void> erase_thing(supervisor_pointer self, const std::string& ns,
                              const std::string& id) {
  auto& st = self->state;
  auto key = keys::named(ns, id);
  auto stored = st.store->get(family::things, key);
  if (!stored)
    return to_caf(stored.error());
  if (!*stored)
    return to_caf({ec::no_such_thing, "no thing has this ns and id"});
  BATCH_FAIL_POINT("thing.before_erase");
  commit_unit unit;
  unit.changes.erase(family::things, key);
  unit.changes.erase(family::embeddings, key);
  unit.changes_vectors = true;
  unit.durable = true;
  unit.refusable = true;
  return write(self, std::move(unit));
}

/// Stops in the order of the data: no new work, then the outcomes, then what
/// they write.
caf::result<void> stop(supervisor_pointer self) {
  auto& st = self->state;
  st.stopping = true;
  auto stopped = self->make_response_promise<void>();
  auto sync = [self, stopped]() mutable {
    auto& state = self->state;
    BATCH_FAIL_POINT("stop.before_sync");
    self
      ->request(state.committer, state.options.request_timeout,
                atom::sync_atom_v)
      .then([stopped]() mutable { fulfil(stopped); },
            [stopped](const caf::error& why) mutable { stopped.deliver(why); });
  };
  auto stop_jobs = [self, sync]() mutable {
    auto& state = self->state;
    auto left = std::make_shared<size_t>(1);
    auto one_less = [left, sync]() mutable {
      if (--*left == 0)
        sync();
    };
    for (auto& [number, x] : state.jobs) {
      if (!x.actor)
        continue;
      ++*left;
      self->request(x.actor, state.options.drain_timeout, atom::stop_atom_v)
        .then([one_less]() mutable { one_less(); },
              [one_less](const caf::error&) mutable { one_less(); });
    }
    one_less();
  };
  self->request(st.dispatcher, st.options.drain_timeout, atom::stop_atom_v)
    .then([stop_jobs]() mutable { stop_jobs(); },
          [stop_jobs](const caf::error&) mutable { stop_jobs(); });
  return stopped;
}

} // namespace

supervisor_actor::behavior_type
supervisor(supervisor_pointer self, service_options options,
           store_reader_ptr store, recovered_state found,
           committer_actor committer, dispatcher_actor dispatcher) {
  auto& st = self->state;
  st.options = std::move(options);
  follow_house_rules(self, st.options.on_stray);
  st.store = std::move(store);
  st.committer = std::move(committer);
  st.dispatcher = std::move(dispatcher);
  st.next_job = found.counters.next_job;
  self->set_down_handler(
    [self](const caf::down_msg& down) { handle_job_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    for (auto& [number, running] : self->state.jobs)
      if (running.actor)
        self->send_exit(running.actor, x.reason);
    self->quit(x.reason);
  });
  for (auto& open : found.jobs)
    spawn_job(self, std::move(open));
  // What is left is about jobs that have ended, or cannot be read.
  for (const auto& note : std::exchange(st.options.crashes, {}))
    if (!found.damaged.contains(note.job))
      crash_counted(note);
  return {
    [self](atom::admit_atom) -> caf::result<void> {
      if (auto ok = check_admission(self->state); !ok)
        return to_caf(ok.error());
      return caf::unit;
    },
    [self](atom::open_atom, const job_request_ptr& request) {
      return to_result(open_upload(self, *request));
    },
    [self](atom::append_atom, uint64_t number, const commit_unit_ptr& unit) {
      return append_to_upload(self, number, unit);
    },
    [self](atom::close_atom, const job_closing_ptr& closing) {
      return close_upload(self, *closing);
    },
    [self](atom::abandon_atom, uint64_t number) {
      abandon_upload(self, number);
    },
    [self](atom::order_atom, const job_id& id, const order_ptr& order) {
      return order_job(self, id, order);
    },
    [self](atom::put_atom, const std::string& ns, const std::string& id,
           const std::string& text) { return put_thing(self, ns, id, text); },
    [self](atom::erase_atom, const std::string& ns, const std::string& id) {
      return erase_thing(self, ns, id);
    },
    [self](atom::enlist_atom, const std::string& type,
           const foreign_worker_actor& worker,
           uint32_t slots) { return enlist_worker(self, type, worker, slots); },
    [self](atom::stop_atom) { return stop(self); },
  };
}

} // namespace batch
