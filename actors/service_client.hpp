// How threads that are no actors talk to the SUPERVISOR.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/upload_budget.hpp"

#include <chrono>
#include <future>
#include <memory>

namespace batch {

/// An answer on its way. Wait for it with `service_client::wait`.
template <class T>
using answer = std::future<expected<T>>;

/// Blocking calls with a deadline, carried by a bridge actor of its own.
///
/// Thread-safety: every call may come from any thread. Must not outlive the
/// actor system; ends its bridge when destroyed.
/// Errors: those of the SUPERVISOR; `ec::overloaded` when the deadline passes
/// (what was asked for may then still happen), `ec::shutting_down`.
class service_client {
public:
  service_client(caf::actor_system& system, supervisor_actor supervisor,
                 std::chrono::milliseconds deadline);
  ~service_client();
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
    if (pending.wait_for(deadline_) != std::future_status::ready)
      return fail(ec::overloaded, "the service did not answer in time");
    try {
      return pending.get();
    } catch (const std::future_error&) {
      return fail(ec::shutting_down, "the service is ending");
    }
  }

private:
  template <class T, class... Message>
  answer<T> ask(Message... message);

  supervisor_actor supervisor_;
  caf::actor bridge_;
  std::chrono::milliseconds deadline_;
  upload_budget uploads_;
};

} // namespace batch
