#include "actors/supervised_jobs.hpp"

#include "actors/queries/job_queries.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/record.hpp"
#include "storage/keys.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

/// Restarts of one JOB before it is left alone until somebody resumes it.
constexpr unsigned job_restarts_max = 5;

/// Lets the jobs that wait for this one look at its end.
void release_waiting(supervisor_pointer self, uint64_t number) {
  auto& st = self->state;
  BATCH_FAIL_POINT("job.before_others");
  auto [first, last] = st.waiting.equal_range(number);
  for (auto x = first; x != last; ++x)
    if (auto job = st.jobs.find(x->second); job != st.jobs.end())
      if (job->second.actor)
        self->send(job->second.actor, atom::release_atom_v);
  st.waiting.erase(first, last);
}

/// Shows a job that fails again and again as paused, with the reason.
void give_up_job(supervisor_pointer self, uint64_t number,
                 const std::string& why) {
  auto& st = self->state;
  spdlog::error("job number {} is paused: {}", number, why);
  st.jobs.erase(number);
  auto start = read_open_job(*st.store, number);
  if (!start || has_ended(start->progress.status))
    return;
  start->control.paused = true;
  start->progress.state = job_state::paused;
  start->progress.reason = why;
  commit_unit unit;
  unit.changes.put(family::jobs, keys::job_control(number),
                   encode_record(start->control));
  unit.changes.put(family::jobs, keys::job_progress(number),
                   encode_record(start->progress));
  self
    ->request(st.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then([] {}, [](const caf::error&) {});
}

/// Starts a JOB again that a defect of ours has ended.
void restart_job(supervisor_pointer self, uint64_t number,
                 const caf::error& reason) {
  auto& st = self->state;
  // Units that the lost actor had asked for must be in before they are read.
  self->request(st.committer, st.options.request_timeout, atom::sync_atom_v)
    .then(
      [self, number, reason] {
        auto& state = self->state;
        auto found = state.jobs.find(number);
        if (found == state.jobs.end())
          return;
        if (++found->second.restarts > job_restarts_max)
          return give_up_job(self, number,
                             "its actor failed again and again: "
                               + from_caf(reason).message);
        auto start = read_open_job(*state.store, number);
        if (!start)
          return give_up_job(self, number, start.error().message);
        if (!has_ended(start->progress.status)) {
          // The new JOB offers anew, and wants to be told of its begin.
          self->send(state.dispatcher, atom::withdraw_atom_v, number);
          return spawn_job(self, std::move(*start));
        }
        state.jobs.erase(number);
        release_waiting(self, number);
      },
      [self, number](const caf::error&) { self->state.jobs.erase(number); });
}

} // namespace

void spawn_job(supervisor_pointer self, open_job start) {
  auto& st = self->state;
  auto number = start.context->spec.number;
  // Before the JOB looks at those it waits for, so that no end is missed.
  if (!start.control.released)
    for (const auto& id : start.context->options.after)
      if (auto other = find_job_number(*st.store, id))
        st.waiting.emplace(*other, number);
  BATCH_FAIL_POINT("job.before_spawn");
  auto spawned = self->spawn<caf::monitored>(
    job, std::move(start), st.options, st.store, st.committer, st.dispatcher);
  // Counted once, not again when the actor or another job is spawned.
  std::erase_if(st.options.crashes,
                [number](const crash_note& x) { return x.job == number; });
  st.job_numbers[spawned.address()] = number;
  st.jobs[number].actor = std::move(spawned);
}

void handle_job_down(supervisor_pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  auto found = st.job_numbers.find(down.source);
  if (found == st.job_numbers.end())
    return;
  auto number = found->second;
  st.job_numbers.erase(found);
  if (st.stopping) {
    st.jobs.erase(number);
    return;
  }
  // A job that has come to its end quits without a reason.
  if (!down.reason) {
    st.jobs.erase(number);
    return release_waiting(self, number);
  }
  spdlog::error("the actor of job number {} ended: {}", number,
                caf::to_string(down.reason));
  st.jobs[number].actor = nullptr;
  restart_job(self, number, down.reason);
}

caf::result<void> order_job(supervisor_pointer self, const job_id& id,
                            const order_ptr& order) {
  auto& st = self->state;
  auto number = find_job_number(*st.store, id);
  if (!number)
    return to_caf(number.error());
  if (st.stopping)
    return to_caf({ec::shutting_down, "the service is ending"});
  if (st.accepting.contains(*number))
    return to_caf({ec::overloaded, "the job is being accepted; try again"});
  auto found = st.jobs.find(*number);
  if (found == st.jobs.end()) {
    auto start = read_open_job(*st.store, *number);
    if (start && has_ended(start->progress.status))
      return to_caf({ec::conflict, "the job has ended"});
    if (!start)
      return to_caf(start.error());
    spawn_job(self, std::move(*start));
    found = st.jobs.find(*number);
  }
  if (!found->second.actor)
    return to_caf({ec::overloaded, "the job is being started again"});
  auto answer = self->make_response_promise<void>();
  self->request(found->second.actor, caf::infinite, atom::order_atom_v, order)
    .then([answer]() mutable { fulfil(answer); },
          [self, id, order, answer](const caf::error& why) mutable {
            // One that has ended or rests, and nobody has heard of it yet: by
            // then the order finds what has become of the job.
            if (!why || why == caf::sec::request_receiver_down)
              answer.delegate(supervisor_actor{self}, atom::order_atom_v, id,
                              order);
            else
              answer.deliver(why);
          });
  return answer;
}

} // namespace batch
