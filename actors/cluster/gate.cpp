#include "actors/cluster/gate.hpp"

#include "actors/cluster/searcher.hpp"
#include "actors/dead_letters.hpp"
#include "codecs/limits.hpp"

#include <algorithm>

namespace batch {

gate_state::~gate_state() {
  if (searcher)
    caf::anon_send_exit(searcher, caf::exit_reason::user_shutdown);
  for (auto number : uploads)
    caf::anon_send(supervisor, atom::abandon_atom_v, number);
}

namespace {

using gate_pointer = gate_actor::stateful_pointer<gate_state>;

caf::error other_link() {
  return to_caf({ec::coordinator_unreachable,
                 "the link to the coordinator was lost meanwhile; nothing of "
                 "the request was kept: send it again"});
}

/// Answers what `read` answers. What it throws (no memory) is the fault of one
/// request and must not end the GATE.
template <class T, class Read>
caf::result<T> answer_read(const gate_state& st, Read&& read) {
  if (st.ending)
    return other_link();
  try {
    return to_result(read());
  } catch (const std::exception& e) {
    return to_caf({ec::internal, e.what()});
  }
}

expected<found_rows_ptr> read_rows(const gate_state& st,
                                   const rows_request& request) {
  auto rows = std::make_shared<found_rows>();
  size_t bytes = 0;
  for (const auto& key : request.keys) {
    auto value = st.store->get(request.family, key);
    if (!value)
      return fail(value);
    bytes += *value ? (*value)->size() : 0;
    rows->values.push_back(std::move(*value));
    if (bytes >= remote_page_bytes_max)
      break;
  }
  return rows;
}

expected<page_ptr> read_page(const gate_state& st,
                             const scan_request& request) {
  snapshot_ptr view;
  if (request.view != 0) {
    auto found = st.snapshots.find(request.view);
    if (found == st.snapshots.end())
      return fail(ec::coordinator_unreachable,
                  "the link to the coordinator was lost since the snapshot "
                  "was taken: ask again");
    view = found->second;
  }
  auto limit = std::min<uint64_t>(request.limit_bytes, remote_page_bytes_max);
  auto rows = st.store->scan(view, request.family, request.from, request.to,
                             request.after_key, limit);
  if (!rows)
    return fail(rows);
  return std::make_shared<const page>(std::move(*rows));
}

expected<void> take_snapshot(gate_state& st, uint64_t number) {
  if (st.snapshots.size() >= link_snapshots_max)
    return fail(ec::overloaded, "a node holds at most "
                                  + std::to_string(link_snapshots_max)
                                  + " snapshots; try again when some exports "
                                    "have ended");
  if (number == 0 || st.snapshots.contains(number))
    return fail(ec::invalid_request, "the number of a snapshot is taken");
  st.snapshots.emplace(number, st.store->take_snapshot());
  return {};
}

void quit_when_settled(gate_pointer self) {
  if (self->state.ending && self->state.opening == 0)
    self->quit(caf::exit_reason::user_shutdown);
}

/// Lets go of what its node has left.
void end(gate_pointer self) {
  auto& st = self->state;
  st.ending = true;
  st.snapshots.clear();
  for (auto number : st.uploads)
    self->send(st.supervisor, atom::abandon_atom_v, number);
  st.uploads.clear();
  if (st.searcher)
    self->send_exit(st.searcher, caf::exit_reason::user_shutdown);
  quit_when_settled(self);
}

caf::result<job_ticket> open(gate_pointer self,
                             const job_request_ptr& request) {
  auto& st = self->state;
  if (st.ending)
    return other_link();
  auto answer = self->make_response_promise<job_ticket>();
  ++st.opening;
  self
    ->request(st.supervisor, st.options.request_timeout, atom::open_atom_v,
              request)
    .then(
      [self, answer](const job_ticket& ticket) mutable {
        auto& state = self->state;
        --state.opening;
        if (state.ending)
          self->send(state.supervisor, atom::abandon_atom_v, ticket.number);
        else
          state.uploads.insert(ticket.number);
        answer.deliver(ticket);
        quit_when_settled(self);
      },
      [self, answer](const caf::error& why) mutable {
        --self->state.opening;
        answer.deliver(why);
        quit_when_settled(self);
      });
  return answer;
}

caf::result<job_acceptance> close(gate_pointer self,
                                  const job_closing_ptr& closing) {
  auto& st = self->state;
  if (!st.uploads.contains(closing->number))
    return other_link();
  auto answer = self->make_response_promise<job_acceptance>();
  self
    ->request(st.supervisor, st.options.request_timeout, atom::close_atom_v,
              closing)
    .then(
      [self, answer,
       number = closing->number](const job_acceptance& accepted) mutable {
        self->state.uploads.erase(number);
        answer.deliver(accepted);
      },
      // A refused upload is open until it is abandoned.
      [answer](const caf::error& why) mutable { answer.deliver(why); });
  return answer;
}

/// Lets another thread search, so that other reads need not wait for it.
caf::result<search_answer_ptr> pass_on_search(gate_pointer self,
                                              const search_request_ptr& what) {
  auto& st = self->state;
  if (st.ending)
    return other_link();
  try {
    if (!st.searcher) {
      st.searcher = spawn_searcher(self->system(), st.options.search,
                                   st.options.on_stray);
      self->monitor(st.searcher);
    }
  } catch (const std::exception& e) { // no thread
    return to_caf({ec::overloaded, e.what()});
  }
  return self->delegate(st.searcher, atom::search_atom_v, what,
                        this_moment().ticks
                          + st.options.search_timeout.count());
}

/// Passes a command on to the SUPERVISOR, which answers the node.
template <class... Message>
caf::result<void> pass_on(gate_pointer self, Message... message) {
  if (self->state.ending)
    return other_link();
  return self->delegate(self->state.supervisor, std::move(message)...);
}

gate_actor::behavior_type gate(gate_pointer self, gate_options options,
                               store_reader_ptr store, command_actor supervisor,
                               const caf::actor& node) {
  auto& st = self->state;
  st.options = std::move(options);
  st.store = std::move(store);
  st.supervisor = std::move(supervisor);
  follow_house_rules(self, st.options.on_stray);
  self->monitor(node);
  self->monitor(st.supervisor);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (down.source == self->state.searcher.address()) {
      self->state.searcher = searcher_actor{};
      return;
    }
    // Whoever is gone opens nothing any more.
    if (down.source == self->state.supervisor.address())
      self->state.opening = 0;
    end(self);
  });
  self->set_exit_handler([self](const caf::exit_msg&) { end(self); });
  return {
    [self](atom::admit_atom) { return pass_on(self, atom::admit_atom_v); },
    [self](atom::open_atom, const job_request_ptr& request) {
      return open(self, request);
    },
    [self](atom::append_atom, uint64_t number,
           const commit_unit_ptr& unit) -> caf::result<void> {
      if (!self->state.uploads.contains(number))
        return other_link();
      return pass_on(self, atom::append_atom_v, number, unit);
    },
    [self](atom::close_atom, const job_closing_ptr& closing) {
      return close(self, closing);
    },
    [self](atom::abandon_atom, uint64_t number) {
      if (self->state.uploads.erase(number) > 0)
        self->send(self->state.supervisor, atom::abandon_atom_v, number);
    },
    [self](atom::order_atom, const job_id& id, const order_ptr& order) {
      return pass_on(self, atom::order_atom_v, id, order);
    },
    [self](atom::put_atom, const std::string& ns, const std::string& id,
           const std::string& text) {
      return pass_on(self, atom::put_atom_v, ns, id, text);
    },
    [self](atom::erase_atom, const std::string& ns, const std::string& id) {
      return pass_on(self, atom::erase_atom_v, ns, id);
    },
    [self](atom::get_atom, const rows_request_ptr& request) {
      return answer_read<found_rows_ptr>(
        self->state, [&] { return read_rows(self->state, *request); });
    },
    [self](atom::scan_atom, const scan_request_ptr& request) {
      return answer_read<page_ptr>(
        self->state, [&] { return read_page(self->state, *request); });
    },
    [self](atom::snapshot_atom, uint64_t number) -> caf::result<void> {
      if (self->state.ending)
        return other_link();
      if (auto taken = take_snapshot(self->state, number); !taken)
        return to_caf(taken.error());
      return caf::unit;
    },
    [self](atom::release_atom, uint64_t number) {
      self->state.snapshots.erase(number);
    },
    [self](atom::status_atom) {
      const auto& store_ = *self->state.store;
      return store_status{store_.capacity(), store_.health()};
    },
    [self](atom::search_atom, const search_request_ptr& request) {
      return pass_on_search(self, request);
    },
  };
}

} // namespace

gate_actor spawn_gate(caf::actor_system& system, gate_options options,
                      store_reader_ptr store, command_actor supervisor,
                      const caf::actor& node) {
  return system.spawn<caf::detached>(gate, std::move(options), std::move(store),
                                     std::move(supervisor), node);
}

} // namespace batch
