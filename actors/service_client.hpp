// How threads that are no actors talk to the SUPERVISOR.
#pragma once

#include "actors/call_bridge.hpp"
#include "actors/interfaces.hpp"
#include "actors/upload_budget.hpp"

namespace batch {

/// Blocking calls with a deadline, to the SUPERVISOR of this process or to
/// that of another one.
///
/// Thread-safety: every call may come from any thread. Must not outlive the
/// actor system.
/// Errors: those of the SUPERVISOR and of `call_bridge`; of a SUPERVISOR in
/// another process also `ec::coordinator_unreachable`.
class service_client {
public:
  service_client(caf::actor_system& system, const command_actor& supervisor,
                 std::chrono::milliseconds deadline);
  /// Asks whom the bridge asks.
  /// @param share_bytes as `remote_share_bytes_max`, for calls that leave the
  /// process.
  explicit service_client(call_bridge_ptr bridge,
                          size_t share_bytes = upload_share_bytes_max);
  service_client(const service_client&) = delete;
  service_client& operator=(const service_client&) = delete;

  /// Whether something new may begin: asked before a long body is read.
  expected<void> admit();

  expected<job_ticket> open(job_request request);
  /// Sends chunk records and does not wait, so that the next ones can be read
  /// meanwhile.
  /// @param counters what the records change of the statistics.
  /// @param durable whether the answer waits until a power cut takes nothing.
  answer<void> append(uint64_t number, write_batch chunks,
                      counter_changes counters = {}, bool durable = false);
  expected<job_acceptance> close(job_closing closing);
  /// Never blocks.
  void abandon(uint64_t number);

  /// What the uploads over this client may hold.
  upload_budget& uploads() { return uploads_; }

  /// Pauses, resumes, cancels or changes a job.
  expected<void> order(const job_id& id, job_order what);

  expected<void> put_thing(std::string ns, std::string id, std::string text);
  expected<void> erase_thing(std::string ns, std::string id);

  /// Waits for an answer up to the deadline.
  template <class T>
  expected<T> wait(answer<T> pending) {
    return bridge_->wait(std::move(pending));
  }

private:
  template <class T, class... Message>
  answer<T> ask(size_t bytes, Message... message);

  call_bridge_ptr bridge_;
  upload_budget uploads_;
};

} // namespace batch
