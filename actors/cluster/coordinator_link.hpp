// The link of a gateway to the process that has the store.
#pragma once

#include "actors/call_bridge.hpp"
#include "actors/interfaces.hpp"
#include "codecs/limits.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace batch {

struct coordinator_link_options {
  /// Whose link it is, in messages, e.g. "10.0.0.1:7000".
  std::string coordinator;
  /// The longest that a call takes.
  std::chrono::milliseconds deadline = std::chrono::seconds{30};
  /// The longest that the coordinator is asked for its health.
  std::chrono::milliseconds status_deadline = std::chrono::seconds{5};
  size_t window_bytes = link_window_bytes;
};

/// Holds the GATE that this process talks to at present, if there is one. The
/// NODE sets it whenever it has joined, and clears it when it has lost the
/// coordinator; when the GATE ends it is cleared by itself.
///
/// Without a GATE every call is answered `ec::coordinator_unreachable` at once,
/// and so are those that were waiting for an answer when it was lost.
///
/// Thread-safety: every call may come from any thread, those of actors
/// included. Must not outlive the actor system.
class coordinator_link {
public:
  coordinator_link(caf::actor_system& system, coordinator_link_options options);

  void set(const gate_actor& gate);
  void clear();
  /// Whether there is a GATE. Follows `set` and `clear` a moment later.
  bool is_linked() const { return bridge_->is_set(); }

  const coordinator_link_options& options() const { return options_; }
  /// Carries calls to the GATE.
  const call_bridge_ptr& bridge() const { return bridge_; }
  /// A number for a snapshot; never the same twice, whatever the GATE.
  uint64_t next_number() { return ++last_number_; }

private:
  coordinator_link_options options_;
  call_bridge_ptr bridge_;
  std::atomic<uint64_t> last_number_{0};
};

using coordinator_link_ptr = std::shared_ptr<coordinator_link>;

} // namespace batch
