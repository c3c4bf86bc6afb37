#include "actors/api/watcher.hpp"

#include "actors/api/answers.hpp"
#include "actors/dead_letters.hpp"
#include "codecs/record.hpp"

#include <algorithm>

namespace batch::api {

namespace {

using watcher_pointer = watcher_actor::stateful_pointer<watcher_state>;
using watched_job = watcher_state::watched_job;
using subscription = watcher_state::subscription;

/// What makes a difference to who listens.
std::string seen_of(const job_report& report) {
  auto seen = encode_record(report.progress);
  if (report.control)
    seen += encode_record(*report.control);
  return seen;
}

/// Looks at a job. One that cannot be read now is looked at again.
void look(const api_context& context, uint64_t number, watched_job& job) {
  if (job.is_over)
    return;
  auto report = read_job(*context.store, number);
  if (!report && report.error().code == ec::no_such_job) {
    job.is_over = true;
    ++job.version;
    return;
  }
  if (!report)
    return;
  if (has_ended(report->progress.status)) {
    // The last event tells the errors, too.
    auto whole = find_job(*context.store, report->spec.id);
    if (!whole)
      return;
    report = std::move(whole);
    job.is_over = true;
  }
  auto seen = seen_of(*report);
  if (seen == job.seen && !job.is_over)
    return;
  job.info = job_info_of(*report);
  job.seen = std::move(seen);
  ++job.version;
}

void remove(watcher_pointer self, uint64_t number,
            const caf::actor_addr& listener) {
  auto& st = self->state;
  auto found = st.jobs.find(number);
  if (found == st.jobs.end())
    return;
  auto is_theirs
    = [&](const subscription& x) { return x.listener.address() == listener; };
  if (std::erase_if(found->second.subscriptions, is_theirs) == 0)
    return;
  --st.subscriptions;
  if (--st.listeners[listener] == 0) {
    st.listeners.erase(listener);
    self->demonitor(listener);
  }
  if (found->second.subscriptions.empty())
    st.jobs.erase(found);
}

subscription* find(watcher_state& st, uint64_t number,
                   const caf::actor_addr& listener) {
  auto found = st.jobs.find(number);
  if (found == st.jobs.end())
    return nullptr;
  for (auto& x : found->second.subscriptions)
    if (x.listener.address() == listener)
      return &x;
  return nullptr;
}

/// Sends an event to a listener that has answered the one before.
void tell(watcher_pointer self, uint64_t number, const watched_job& job,
          subscription& to) {
  if (to.is_busy || to.told == job.version)
    return;
  to.is_busy = true;
  to.told = job.version;
  auto last = job.is_over;
  auto listener = to.listener.address();
  self
    ->request(to.listener, self->state.context->options.listener_limit,
              atom::event_atom_v, job_event{job.info, last})
    .then(
      [=] {
        if (last)
          remove(self, number, listener);
        else if (auto x = find(self->state, number, listener))
          x->is_busy = false;
      },
      [=](const caf::error&) { remove(self, number, listener); });
}

void tell_all(watcher_pointer self, uint64_t number, watched_job& job) {
  for (auto& x : job.subscriptions)
    tell(self, number, job, x);
}

void tick_later(watcher_pointer self) {
  auto& st = self->state;
  if (st.is_ticking || st.jobs.empty())
    return;
  st.is_ticking = true;
  self->delayed_send(self, st.context->options.watch_interval,
                     atom::tick_atom_v);
}

expected<void> subscribe(watcher_pointer self, const std::string& text,
                         const job_listener_actor& listener) {
  auto& st = self->state;
  const auto& context = *st.context;
  if (!listener)
    return fail(ec::invalid_request, "listener: expected an actor");
  auto id = read_job_id(text);
  if (!id)
    return fail(id);
  auto number = find_job_number(*context.store, *id);
  if (!number)
    return fail(number);
  if (find(st, *number, listener.address()))
    return {};
  if (st.subscriptions == context.options.subscriptions_max)
    return fail(ec::overloaded, "there are " + std::to_string(st.subscriptions)
                                  + " subscriptions already");
  auto& job = st.jobs[*number];
  job.subscriptions.push_back({listener});
  ++st.subscriptions;
  if (st.listeners[listener.address()]++ == 0)
    self->monitor(listener);
  look(context, *number, job);
  tell(self, *number, job, job.subscriptions.back());
  tick_later(self);
  return {};
}

} // namespace

watcher_actor::behavior_type watcher(watcher_pointer self,
                                     api_context_ptr context) {
  follow_house_rules(self, context->options.on_stray);
  self->state.context = std::move(context);
  self->set_down_handler([self](const caf::down_msg& down) {
    std::vector<uint64_t> numbers;
    for (const auto& [number, job] : self->state.jobs)
      numbers.push_back(number);
    for (auto number : numbers)
      remove(self, number, down.source);
  });
  return {
    [self](atom::subscribe_atom, const std::string& id,
           const job_listener_actor& listener) -> caf::result<void> {
      if (auto ok = subscribe(self, id, listener); !ok)
        return to_caf(ok.error());
      return caf::unit;
    },
    [self](atom::tick_atom) {
      auto& st = self->state;
      st.is_ticking = false;
      for (auto& [number, job] : st.jobs) {
        look(*st.context, number, job);
        tell_all(self, number, job);
      }
      tick_later(self);
    },
  };
}

} // namespace batch::api
