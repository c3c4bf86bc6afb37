// How threads that are no actors ask an actor, which may come and go.
#pragma once

#include "actors/messages.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>

namespace batch {

/// An answer on its way. Wait for it with `call_bridge::wait`.
template <class T>
using answer = std::future<expected<T>>;

struct call_bridge_options {
  /// The longest that a call takes.
  std::chrono::milliseconds deadline = std::chrono::seconds{30};
  /// Bytes of calls and answers that may be on their way at one time; a call
  /// that is larger goes alone. Those beyond wait here, but for small ones.
  size_t window_bytes = SIZE_MAX;
  /// What is answered while there is nobody to ask, and to those whose answer
  /// is lost together with who was asked.
  error nobody = {ec::shutting_down, "the service is ending"};
};

/// Sends what threads ask to one actor, here or in another process, and hands
/// the answers to who waits for them. When that actor ends, all whom it owes
/// an answer are told at once.
///
/// Thread-safety: every call may come from any thread, those of actors
/// included, but `wait` blocks. Must not outlive the actor system.
/// Errors of calls: those of who is asked; `options.nobody`; `ec::overloaded`
/// when the deadline passes (what was asked for may then still happen);
/// `ec::shutting_down` when the bridge ends.
class call_bridge {
public:
  call_bridge(caf::actor_system& system, call_bridge_options options);
  ~call_bridge();
  call_bridge(const call_bridge&) = delete;
  call_bridge& operator=(const call_bridge&) = delete;

  /// Says whom to ask from now. Who was asked before owes nothing any more.
  void set(const caf::actor& target);
  /// Says that there is nobody to ask.
  void clear();
  /// Whether there is somebody to ask. Follows `set`, `clear` and the end of
  /// who is asked a moment later; no call overtakes them.
  bool is_set() const { return *is_set_; }

  /// Asks and does not wait.
  /// @tparam Interface an interface that whoever is `set` has.
  /// @param bytes about what the call holds, or its answer if that is more.
  template <class Interface, class T, class... Message>
  answer<T> ask(size_t bytes, Message... message);

  /// Tells something that has no answer, unless there is nobody to tell.
  template <class Interface, class... Message>
  void tell(Message... message);

  /// Waits for an answer up to the deadline.
  template <class T>
  expected<T> wait(answer<T> pending) const {
    return wait(std::move(pending), options_.deadline);
  }

  /// The same with a limit of its own.
  template <class T>
  expected<T> wait(answer<T> pending, std::chrono::milliseconds limit) const;

  /// What the actor behind a bridge works with.
  struct call {
    size_t bytes = 0;
    std::chrono::steady_clock::time_point expires;
    /// Asks. Exactly one of the two is called when there is an answer, unless
    /// the bridge ends before; the first says whether it is still wanted.
    std::function<void(caf::event_based_actor* self, const caf::actor& to,
                       std::function<bool()> answered,
                       std::function<void(const caf::error&)> failed)>
      send;
    std::function<void(error)> fail;
  };
  using telling
    = std::function<void(caf::event_based_actor* self, const caf::actor& to)>;

private:
  void start(call x);
  void start(telling x);

  call_bridge_options options_;
  std::shared_ptr<std::atomic<bool>> is_set_;
  caf::actor bridge_;
};

using call_bridge_ptr = std::shared_ptr<call_bridge>;

template <class Interface, class T, class... Message>
answer<T> call_bridge::ask(size_t bytes, Message... message) {
  auto promise = std::make_shared<std::promise<expected<T>>>();
  auto pending = promise->get_future();
  call x;
  x.bytes = bytes;
  x.expires = std::chrono::steady_clock::now() + options_.deadline;
  x.fail = [promise](error why) {
    promise->set_value(tl::unexpected{std::move(why)});
  };
  x.send = [promise, limit = caf::duration{options_.deadline},
            message...](caf::event_based_actor* self, const caf::actor& to,
                        std::function<bool()> answered,
                        std::function<void(const caf::error&)> failed) {
    auto request
      = self->request(caf::actor_cast<Interface>(to), limit, message...);
    if constexpr (std::is_void_v<T>)
      request.then(
        [promise, answered] {
          if (answered())
            promise->set_value({});
        },
        failed);
    else
      request.then(
        [promise, answered](const T& value) {
          if (answered())
            promise->set_value(value);
        },
        failed);
  };
  start(std::move(x));
  return pending;
}

template <class Interface, class... Message>
void call_bridge::tell(Message... message) {
  start([message...](caf::event_based_actor* self, const caf::actor& to) {
    self->send(caf::actor_cast<Interface>(to), message...);
  });
}

template <class T>
expected<T> call_bridge::wait(answer<T> pending,
                              std::chrono::milliseconds limit) const {
  if (pending.wait_for(limit) != std::future_status::ready)
    return fail(ec::overloaded, "the service did not answer in time");
  try {
    return pending.get();
  } catch (const std::future_error&) {
    return fail(ec::shutting_down, "the service is ending");
  }
}

} // namespace batch
