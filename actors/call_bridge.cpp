#include "actors/call_bridge.hpp"

#include "actors/dead_letters.hpp"

#include <deque>
#include <map>

namespace batch {

namespace {

using call_ptr = std::shared_ptr<call_bridge::call>;
using telling_ptr = std::shared_ptr<call_bridge::telling>;

} // namespace

} // namespace batch

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::call_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::telling_ptr)

namespace batch {

namespace {

struct bridge_state {
  static inline const char* name = "bridge";

  call_bridge_options options;
  std::shared_ptr<std::atomic<bool>> is_set;
  caf::actor target;
  /// Calls that an answer is awaited to, by number.
  std::map<uint64_t, call_ptr> sent;
  size_t sent_bytes = 0;
  uint64_t last_number = 0;
  /// Calls that there is no room for yet.
  std::deque<call_ptr> waiting;
};

using bridge_pointer = caf::stateful_actor<bridge_state>*;

/// Calls of up to so many bytes do not wait for room: whether the service is
/// well, and what needs no answer but a word, is asked while others carry data.
/// Their number is that of the threads that ask.
constexpr size_t small_bytes_max = 4 << 10;

error error_of_call(const caf::error& why, const error& nobody) {
  auto is_lost = !why || why == caf::sec::request_receiver_down
                 || why == caf::exit_reason::remote_link_unreachable;
  return is_lost ? nobody : from_caf(why);
}

void send_waiting(bridge_pointer self);

/// Takes a call whose answer is there off the list; null if nobody waits for
/// it any more.
call_ptr finish(bridge_pointer self, uint64_t number) {
  auto& st = self->state;
  auto found = st.sent.find(number);
  if (found == st.sent.end())
    return nullptr;
  auto call = std::move(found->second);
  st.sent.erase(found);
  st.sent_bytes -= call->bytes;
  send_waiting(self);
  return call;
}

void send(bridge_pointer self, const call_ptr& call) {
  auto& st = self->state;
  auto number = ++st.last_number;
  st.sent.emplace(number, call);
  st.sent_bytes += call->bytes;
  call->send(
    self, st.target, [self, number] { return finish(self, number) != nullptr; },
    [self, number](const caf::error& why) {
      if (auto failed = finish(self, number))
        failed->fail(error_of_call(why, self->state.options.nobody));
    });
}

void send_waiting(bridge_pointer self) {
  auto& st = self->state;
  while (!st.waiting.empty()) {
    auto call = st.waiting.front();
    auto has_room = call->bytes <= st.options.window_bytes
                    && st.sent_bytes <= st.options.window_bytes - call->bytes;
    if (!has_room && !st.sent.empty())
      return;
    st.waiting.pop_front();
    // Who has asked has given up: it must not happen behind their back.
    if (std::chrono::steady_clock::now() >= call->expires)
      call->fail({ec::overloaded, "the service did not answer in time"});
    else
      send(self, call);
  }
}

/// Tells all who wait that there is nobody to answer them.
void lose(bridge_pointer self) {
  auto& st = self->state;
  st.target = nullptr;
  *st.is_set = false;
  for (const auto& [number, call] : st.sent)
    call->fail(st.options.nobody);
  for (const auto& call : st.waiting)
    call->fail(st.options.nobody);
  st.sent.clear();
  st.waiting.clear();
  st.sent_bytes = 0;
}

caf::behavior bridge(bridge_pointer self, call_bridge_options options,
                     std::shared_ptr<std::atomic<bool>> is_set) {
  self->state.options = std::move(options);
  self->state.is_set = std::move(is_set);
  end_by_exceptions(self);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.target && down.source == self->state.target.address())
      lose(self);
  });
  return {
    [self](atom::set_atom, const caf::actor& target) {
      auto& st = self->state;
      if (st.target)
        self->demonitor(st.target);
      lose(self);
      st.target = target;
      *st.is_set = target != nullptr;
      if (target)
        self->monitor(target);
    },
    [self](atom::call_atom, const call_ptr& call) {
      auto& st = self->state;
      if (!st.target)
        return call->fail(st.options.nobody);
      if (call->bytes <= small_bytes_max)
        return send(self, call);
      st.waiting.push_back(call);
      send_waiting(self);
    },
    [self](atom::call_atom, const telling_ptr& tell) {
      if (self->state.target)
        (*tell)(self, self->state.target);
    },
  };
}

} // namespace

call_bridge::call_bridge(caf::actor_system& system, call_bridge_options options)
  : options_(std::move(options)),
    is_set_(std::make_shared<std::atomic<bool>>(false)),
    bridge_(system.spawn(bridge, options_, is_set_)) {}

call_bridge::~call_bridge() {
  caf::anon_send_exit(bridge_, caf::exit_reason::user_shutdown);
}

void call_bridge::set(const caf::actor& target) {
  caf::anon_send(bridge_, atom::set_atom_v, target);
}

void call_bridge::clear() {
  caf::anon_send(bridge_, atom::set_atom_v, caf::actor{});
}

void call_bridge::start(call x) {
  caf::anon_send(bridge_, atom::call_atom_v,
                 std::make_shared<call>(std::move(x)));
}

void call_bridge::start(telling x) {
  caf::anon_send(bridge_, atom::call_atom_v,
                 std::make_shared<telling>(std::move(x)));
}

} // namespace batch
