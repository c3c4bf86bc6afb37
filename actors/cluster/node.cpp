#include "actors/cluster/node.hpp"

#include "actors/cluster/node_slot.hpp"
#include "actors/dead_letters.hpp"
#include "actors/embedders/embedder_set.hpp"
#include "codecs/ids.hpp"
#include "codecs/record.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using node_pointer = node_actor::stateful_pointer<node_actor_state>;
using steady = std::chrono::steady_clock;

/// The longest that a coordinator may take to answer a hello. Short, because
/// CAF may answer a dial with the connection to a coordinator that has just
/// died, and nobody answers there: the next dial is to the new one.
constexpr std::chrono::seconds join_timeout{2};
/// The longest that it may take to open a GATE, and to say farewell.
constexpr std::chrono::seconds answer_timeout{10};

void spawn_seat(node_pointer self, uint32_t place) {
  auto& st = self->state;
  auto& seat = st.seats[place];
  seat.worker = self->spawn<caf::detached + caf::monitored>(
    node_slot, node_actor{self}, place, st.options.workers.at(seat.type),
    seat.title, st.options.name);
}

void begin(node_pointer self, uint32_t place, const node_task_ptr& task) {
  if (task)
    self->send(self->state.seats[place].worker, atom::work_atom_v, task);
}

void dial_later(node_pointer self) {
  auto& st = self->state;
  if (st.is_leaving)
    return;
  st.pause = std::clamp(st.pause * 2, st.options.dial_pause,
                        st.options.dial_pause_max);
  auto jitter = std::uniform_real_distribution<>{0.5, 1.0}(st.random);
  auto wait
    = std::chrono::duration_cast<std::chrono::milliseconds>(st.pause * jitter);
  self->delayed_send(self, wait, atom::dial_atom_v);
}

/// Says once what keeps it from joining, and tries again.
void handle_fault(node_pointer self, const std::string& why,
                  bool is_final = false) {
  auto& st = self->state;
  if (std::exchange(st.last_fault, why) != why) {
    spdlog::warn("coordinator {}: {}", to_string(st.options.coordinator), why);
    if (st.options.on_refused)
      st.options.on_refused(why, is_final);
  }
  dial_later(self);
}

void finish_leaving(node_pointer self) {
  auto& st = self->state;
  for (auto& done : st.waiting_for_stop)
    fulfil(done);
  st.waiting_for_stop.clear();
}

/// Forgets the coordinator; what it had sent is somebody else's by now.
void lose_link(node_pointer self, const std::string& why) {
  auto& st = self->state;
  if (st.session == 0)
    return;
  st.session = 0;
  st.slots.end_session();
  st.works.clear();
  self->demonitor(st.cluster_address);
  st.cluster = cluster_actor{};
  st.pool = pool_actor{};
  st.cluster_address = nullptr;
  if (st.options.on_lost)
    st.options.on_lost(why);
  if (st.is_leaving)
    return finish_leaving(self);
  spdlog::warn("the coordinator is lost: {}", why);
  st.pause = std::chrono::milliseconds{0};
  dial_later(self);
}

/// Asks for what the node's gateway talks to.
void ask_for_gate(node_pointer self) {
  auto& st = self->state;
  self->request(st.cluster, answer_timeout, atom::gate_atom_v, st.session)
    .then(
      [self, session = st.session](const caf::actor& gate) {
        if (session == self->state.session)
          self->state.options.on_gate(caf::actor_cast<gate_actor>(gate));
      },
      [self, session = st.session](const caf::error& why) {
        if (session == self->state.session)
          lose_link(self, "it opens no gate: " + from_caf(why).message);
      });
}

void take_welcome(node_pointer self, const std::string& bytes,
                  const caf::actor& cluster, const caf::actor& pool) {
  auto& st = self->state;
  auto welcome = decode_record<node_welcome>(bytes);
  if (!welcome || welcome->session == 0
      || welcome->slots.size() != st.seats.size())
    return handle_fault(self, "its welcome cannot be read");
  st.session = welcome->session;
  st.cluster = caf::actor_cast<cluster_actor>(cluster);
  st.pool = caf::actor_cast<pool_actor>(pool);
  st.cluster_address = cluster.address();
  st.heard_at = steady::now();
  st.pause = std::chrono::milliseconds{0};
  st.last_fault.clear();
  st.slots.begin_session(welcome->slots);
  self->monitor(cluster);
  self->send(st.pool, atom::ready_atom_v);
  spdlog::info("joined {} as {}", to_string(st.options.coordinator),
               st.options.name);
  if (st.options.on_joined)
    st.options.on_joined(st.cluster);
  if (st.options.on_gate)
    ask_for_gate(self);
  if (st.is_leaving)
    self->send(st.cluster, atom::leave_atom_v, st.session);
}

void join(node_pointer self, const caf::actor& door) {
  auto& st = self->state;
  node_hello hello;
  hello.version = st.options.version;
  hello.name = st.options.name;
  hello.incarnation = st.incarnation;
  hello.slots = st.options.slots;
  hello.models = st.options.embedders->names();
  self
    ->request(door, join_timeout, atom::join_atom_v, encode_record(hello),
              caf::actor_cast<caf::actor>(self))
    .then(
      [self](const std::string& welcome, const caf::actor& cluster,
             const caf::actor& pool) {
        take_welcome(self, welcome, cluster, pool);
      },
      [self](const caf::error& x) {
        auto why = from_caf(x);
        // Only another version of the program can mend this one.
        handle_fault(self, why.message, why.code == ec::invalid_request);
      });
}

/// Sends what a slot has made, unless its session is over.
void take_result(node_pointer self, uint32_t place,
                 const node_result_ptr& result) {
  auto& st = self->state;
  auto task = st.slots.running(place);
  // A thread that was replaced has come back.
  if (!task || task->lease != result->lease)
    return;
  if (result->session == st.session && st.session != 0) {
    if (!result->fault.empty())
      self->send(st.pool, atom::lost_atom_v, result->lease, result->fault);
    else
      send_framed(result->lease, result->slot, result->outcome, [&](frame x) {
        self->send(st.pool, atom::done_atom_v, std::move(x));
      });
  }
  begin(self, place, st.slots.next(place));
}

void take_work(node_pointer self, const frame& x) {
  auto& st = self->state;
  // While work is on its way, beats wait behind it.
  st.heard_at = steady::now();
  auto place = st.slots.find(x.slot);
  if (!place || st.is_leaving)
    return st.works.drop(x.lease);
  auto bytes = st.works.add(x);
  if (!bytes)
    return;
  auto task = std::make_shared<node_task>();
  task->session = st.session;
  task->lease = x.lease;
  task->slot = x.slot;
  task->work = std::move(*bytes);
  begin(self, *place, st.slots.add(*place, std::move(task)));
}

/// Leaves once nothing is being worked on, or it has taken too long.
void look_after_leaving(node_pointer self) {
  auto& st = self->state;
  if (!st.is_leaving || st.has_left)
    return;
  if (st.session == 0)
    return finish_leaving(self);
  if (st.slots.running_count() > 0 && steady::now() < st.leave_by)
    return;
  st.has_left = true;
  // Behind the last outcome; the answer comes when that has been taken.
  self->send(st.cluster, atom::left_atom_v, st.session);
}

void tick(node_pointer self) {
  auto& st = self->state;
  if (st.session != 0) {
    if (steady::now() - st.heard_at > beat_silence_max)
      lose_link(self, "it was silent for "
                        + std::to_string(beat_silence_max.count() / 1000)
                        + " s");
    else
      self->send(st.cluster, atom::beat_atom_v, st.session);
  }
  look_after_leaving(self);
  if (st.has_left && steady::now() > st.leave_by + answer_timeout)
    finish_leaving(self);
  self->delayed_send(self, beat_interval, atom::tick_atom_v);
}

/// A thread of ours has ended: its piece is lost, and another thread comes.
void handle_seat_down(node_pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  for (uint32_t place = 0; place < st.seats.size(); ++place)
    if (st.seats[place].worker.address() == down.source) {
      auto task = st.slots.running(place);
      if (task && task->session == st.session && st.session != 0)
        self->send(st.pool, atom::lost_atom_v, task->lease,
                   "the worker ended: " + caf::to_string(down.reason));
      spawn_seat(self, place);
      begin(self, place, st.slots.next(place));
      return;
    }
}

} // namespace

node_actor::behavior_type node(node_pointer self, node_options options) {
  auto& st = self->state;
  st.options = std::move(options);
  follow_house_rules(
    self, [](const std::string& role, const std::string& what) {
      spdlog::error("{} did not take a message: {}", role, what.substr(0, 500));
    });
  if (!st.options.embedders)
    st.options.embedders = make_embedder_set();
  if (st.options.workers.empty())
    st.options.workers = builtin_workers(st.options.embedders);
  st.incarnation = random_hex_id();
  st.random.seed(std::random_device{}());
  for (auto [type, count] : st.options.slots)
    for (uint32_t i = 1; i <= count; ++i)
      st.seats.push_back(
        {type, std::string{pool_name(type)} + "-" + std::to_string(i), {}});
  st.slots = node_slots{st.seats.size()};
  for (uint32_t place = 0; place < st.seats.size(); ++place)
    spawn_seat(self, place);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (down.source == self->state.cluster_address)
      lose_link(self, "its connection broke");
    else
      handle_seat_down(self, down);
  });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    for (auto& seat : self->state.seats)
      self->send_exit(seat.worker, x.reason);
    finish_leaving(self);
    self->quit(x.reason);
  });
  self->send(self, atom::dial_atom_v);
  self->delayed_send(self, beat_interval, atom::tick_atom_v);
  return {
    [self](atom::work_atom, const frame& x) { take_work(self, x); },
    [self](atom::renew_atom, slot_number old, slot_number fresh) {
      auto& state = self->state;
      auto place = state.slots.find(old);
      if (!place)
        return;
      // The thread cannot be ended; what it says when it comes back is late.
      auto hanging
        = std::exchange(state.seats[*place].worker, node_slot_actor{});
      self->demonitor(hanging.address());
      self->send_exit(hanging, caf::exit_reason::user_shutdown);
      state.slots.renew(*place, fresh);
      spawn_seat(self, *place);
    },
    [self](atom::beat_atom, uint64_t session, bool is_member) {
      auto& state = self->state;
      if (session != state.session)
        return;
      state.heard_at = steady::now();
      if (!is_member)
        lose_link(self, "it has given this node up");
    },
    [self](atom::stop_atom) -> caf::result<void> {
      auto& state = self->state;
      auto done = self->make_response_promise<void>();
      state.waiting_for_stop.push_back(done);
      if (!std::exchange(state.is_leaving, true)) {
        state.leave_by = steady::now() + state.options.leave_timeout;
        state.slots.drop_waiting();
        if (state.session != 0)
          self->send(state.cluster, atom::leave_atom_v, state.session);
        look_after_leaving(self);
      }
      return done;
    },
    [self](atom::dialled_atom, const caf::actor& door) { join(self, door); },
    [self](atom::dialled_atom, const std::string& why) {
      handle_fault(self, why);
    },
    [self](atom::done_atom, uint32_t place, const node_result_ptr& result) {
      take_result(self, place, result);
      look_after_leaving(self);
    },
    [self](atom::tick_atom) { tick(self); },
    [self](atom::dial_atom) {
      auto& state = self->state;
      if (state.session == 0 && !state.is_leaving)
        self->spawn<caf::detached>(dialler, node_actor{self},
                                   state.options.coordinator);
    },
  };
}

} // namespace batch
