#include "actors/cluster/cluster.hpp"

#include "actors/cluster/gate.hpp"
#include "actors/cluster/pool.hpp"
#include "actors/dead_letters.hpp"
#include "codecs/record.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using cluster_pointer = cluster_actor::stateful_pointer<cluster_state>;
using session_number = node_table::session_number;
using join_answer
  = caf::typed_response_promise<std::string, caf::actor, caf::actor>;

/// Gives a node up: what it held goes to others.
void give_up(cluster_pointer self, session_number session,
             const std::string& why) {
  auto& st = self->state;
  auto link = st.links.extract(session);
  if (link.empty())
    return;
  if (auto member = st.nodes.find(session))
    spdlog::warn("node {} is gone: {}", member->hello.name, why);
  st.nodes.remove(session, why, st.options.clock());
  auto [node, pool, gate] = std::move(link.mapped());
  self->demonitor(node.address());
  self->demonitor(pool.address());
  self->send_exit(pool, caf::exit_reason::user_shutdown);
  if (gate)
    self->send_exit(gate, caf::exit_reason::user_shutdown);
  // If it still lives, it learns that it has to join anew.
  self->send(caf::actor_cast<node_actor>(node), atom::beat_atom_v, session,
             false);
}

/// Tells the node that it is in, once the DISPATCHER has given its slots
/// numbers.
void take_in(cluster_pointer self, const node_hello& hello,
             const caf::actor& node, join_answer answer) {
  auto& st = self->state;
  auto typed_node = caf::actor_cast<node_actor>(node);
  auto session = st.nodes.add(hello, st.options.clock());
  std::function<void()> heard = [session, me = self->address()] {
    if (auto to = caf::actor_cast<cluster_actor>(me))
      caf::anon_send(to, atom::beat_atom_v, session);
  };
  auto pool_of_node
    = st.options.detached
        ? self->spawn<caf::detached + caf::monitored>(
          pool, st.options, st.store, st.dispatcher, typed_node, hello, heard)
        : self->spawn<caf::monitored>(pool, st.options, st.store, st.dispatcher,
                                      typed_node, hello, heard);
  st.links[session] = {node, pool_of_node, gate_actor{}};
  self->monitor(node);
  self->request(pool_of_node, st.options.request_timeout, atom::enlist_atom_v)
    .then(
      [=](const std::vector<slot_number>& slots) mutable {
        auto& state = self->state;
        auto member = state.nodes.find(session);
        if (!member) {
          answer.deliver(
            to_caf({ec::overloaded, "the node was lost while it joined"}));
          return;
        }
        spdlog::info("node {} has joined with {}", member->hello.name,
                     to_string(member->hello.slots));
        node_welcome welcome;
        welcome.version = state.options.version;
        welcome.session = session;
        welcome.slots = slots;
        answer.deliver(encode_record(welcome),
                       caf::actor_cast<caf::actor>(self),
                       caf::actor_cast<caf::actor>(pool_of_node));
      },
      [=](const caf::error& why) mutable {
        give_up(self, session, from_caf(why).message);
        answer.deliver(why);
      });
}

caf::result<std::string, caf::actor, caf::actor>
join(cluster_pointer self, const std::string& bytes, const caf::actor& node) {
  auto& st = self->state;
  auto hello = decode_record<node_hello>(bytes);
  if (!hello)
    return to_caf({ec::invalid_request,
                   "the node's hello cannot be read: run the same version of "
                   "batchd as the coordinator, "
                     + st.options.version});
  auto admitted = st.nodes.check(*hello, st.options.clock().ticks);
  if (!admitted) {
    spdlog::warn("node '{}' is refused: {}", hello->name,
                 admitted.error().message);
    return to_caf(admitted.error());
  }
  if (admitted->replaces)
    give_up(self, *admitted->replaces, "joined anew");
  auto answer
    = self->make_response_promise<std::string, caf::actor, caf::actor>();
  take_in(self, *hello, node, answer);
  return answer;
}

caf::result<caf::actor> open_gate(cluster_pointer self,
                                  session_number session) {
  auto& st = self->state;
  auto link = st.links.find(session);
  if (link == st.links.end())
    return to_caf({ec::no_such_node, "the node is no member any more"});
  auto& gate = link->second.gate;
  if (!gate)
    gate
      = spawn_gate(self->system(),
                   {st.options.request_timeout, st.options.on_stray, st.search},
                   st.store, st.supervisor, link->second.node);
  return caf::actor_cast<caf::actor>(gate);
}

void retire(cluster_pointer self, session_number session) {
  auto& st = self->state;
  st.nodes.drain(session);
  if (auto link = st.links.find(session); link != st.links.end())
    self->send(link->second.pool, atom::retire_atom_v);
}

/// The coordinator as one of the nodes.
node_report own_report(const cluster_state& st) {
  node_report own;
  own.name = st.options.node;
  own.version = st.options.version;
  own.is_coordinator = true;
  for (auto [type, count] : st.options.slots)
    own.slots[type] = static_cast<uint32_t>(count);
  own.joined_at = st.started_at;
  own.last_beat_at = st.options.clock().time;
  return own;
}

std::vector<node_report> reports_of(const cluster_state& st) {
  auto reports = st.nodes.report(st.options.clock());
  reports.insert(reports.begin(), own_report(st));
  for (auto& x : reports)
    st.loads.fill(x);
  return reports;
}

/// Asks the DISPATCHER what each node holds and has done.
void ask_for_loads(cluster_pointer self) {
  auto& st = self->state;
  self->request(st.dispatcher, st.options.request_timeout, atom::load_atom_v)
    .then(
      [self](const node_loads& loads) {
        self->state.loads.take(loads, self->state.options.clock().ticks);
      },
      [](const caf::error&) {
        // The service is ending.
      });
}

caf::result<node_report> drain(cluster_pointer self, const std::string& name) {
  auto& st = self->state;
  if (name == st.options.node)
    return to_caf({ec::conflict, "the coordinator cannot be drained; end it "
                                 "with SIGTERM"});
  auto member = st.nodes.find(name);
  if (!member)
    return to_caf({ec::no_such_node, "no node has the name '" + name + "'"});
  spdlog::info("node {} is drained", name);
  retire(self, member->session);
  auto report = to_report(*member);
  st.loads.fill(report);
  return report;
}

void handle_down(cluster_pointer self, const caf::down_msg& down) {
  for (const auto& [session, x] : self->state.links)
    if (x.node.address() == down.source) {
      give_up(self, session, "its connection broke");
      return;
    } else if (x.pool.address() == down.source) {
      give_up(self, session, "its pool ended: " + caf::to_string(down.reason));
      return;
    }
}

} // namespace

cluster_actor::behavior_type
cluster(cluster_pointer self, service_options options, store_reader_ptr store,
        dispatcher_actor dispatcher, command_actor supervisor,
        search_function search) {
  auto& st = self->state;
  st.options = std::move(options);
  follow_house_rules(self, st.options.on_stray);
  st.store = std::move(store);
  st.dispatcher = std::move(dispatcher);
  st.supervisor = std::move(supervisor);
  st.search = std::move(search);
  st.nodes = node_table{st.options.embedders ? st.options.embedders->names()
                                             : std::string{},
                        !st.options.transform_functions.empty()};
  st.started_at = st.options.clock().time;
  self->set_down_handler(
    [self](const caf::down_msg& down) { handle_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    while (!self->state.links.empty())
      give_up(self, self->state.links.begin()->first,
              "the coordinator is ending");
    self->quit(x.reason);
  });
  self->delayed_send(self, beat_interval, atom::tick_atom_v);
  return {
    [self](atom::join_atom, const std::string& hello, const caf::actor& node) {
      return join(self, hello, node);
    },
    [self](atom::beat_atom, uint64_t session) {
      auto known = self->state.nodes.beat(session, self->state.options.clock());
      if (auto node = caf::actor_cast<node_actor>(self->current_sender()))
        self->send(node, atom::beat_atom_v, session, known);
    },
    [self](atom::gate_atom, uint64_t session) {
      return open_gate(self, session);
    },
    [self](atom::leave_atom, uint64_t session) { retire(self, session); },
    [self](atom::left_atom, uint64_t session) {
      give_up(self, session, "it has left");
    },
    [self](atom::nodes_atom) { return reports_of(self->state); },
    [self](atom::drain_atom, const std::string& name) {
      return drain(self, name);
    },
    [self](atom::tick_atom) {
      for (auto session :
           self->state.nodes.silent(self->state.options.clock().ticks))
        give_up(self, session,
                "it was silent for "
                  + std::to_string(beat_silence_max.count() / 1000) + " s");
      ask_for_loads(self);
      self->delayed_send(self, beat_interval, atom::tick_atom_v);
    },
  };
}

} // namespace batch
