#include "actors/job.hpp"

#include <random>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using self_pointer = job_actor::stateful_pointer<job_actor_state>;

/// The pause before a chunk that could not be read is tried again.
constexpr std::chrono::milliseconds unreadable_pause{1000};

void set_timer(self_pointer self) {
  auto due = self->state.machine->next_due();
  // What is due already goes out as soon as the window has room.
  if (!due || *due <= self->state.clock()
      || (*due == self->state.timer_due && self->state.timer > 0))
    return;
  self->state.timer_due = *due;
  auto wait = std::max<time_ms>(*due - self->state.clock(), 0) + 1;
  self->delayed_send(self, std::chrono::milliseconds{wait}, atom::wake_atom_v,
                     ++self->state.timer);
}

/// Offers pieces up to the window.
void fill(self_pointer self) {
  auto& st = self->state;
  if (st.stopping || st.machine->has_ended())
    return;
  set_timer(self);
  auto outstanding = st.machine->outstanding();
  // Half a window at a time: fewer, larger messages. But outcomes may be held
  // back behind what was given back, so that never waits.
  if (outstanding >= st.window
      || (outstanding > st.window / 2 && !st.machine->has_urgent(st.clock())))
    return;
  auto pieces = st.machine->take(st.window - outstanding, self->state.clock());
  if (!pieces.empty())
    self->send(
      st.dispatcher, atom::offer_atom_v, job_actor{self},
      job_context_ptr{st.machine->context().shared_from_this()},
      std::make_shared<const std::vector<chunk_ref>>(std::move(pieces)));
  set_timer(self);
}

void answer_stop(self_pointer self) {
  if (self->state.writing > 0)
    return;
  for (auto& done : self->state.waiting_for_stop)
    fulfil(done);
  self->state.waiting_for_stop.clear();
}

void written(self_pointer self, std::optional<uint32_t> chunk) {
  auto& st = self->state;
  --st.writing;
  if (chunk)
    st.machine->committed(*chunk);
  answer_stop(self);
  if (st.machine->has_ended() && st.writing == 0) {
    self->send(st.dispatcher, atom::withdraw_atom_v,
               st.machine->context().spec.number);
    self->quit();
    return;
  }
  fill(self);
}

void write(self_pointer self, commit_unit unit) {
  auto& st = self->state;
  ++st.writing;
  auto chunk = unit.chunk;
  self
    ->request(st.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then([self, chunk] { written(self, chunk); },
          [self](const caf::error& why) {
            // The store is gone and the service is ending; the next start
            // goes on from what was written.
            spdlog::error("job {} stops: {}",
                          to_string(self->state.machine->context().spec.id),
                          from_caf(why).message);
            self->quit(why);
          });
}

void complete(self_pointer self, outcome_ptr outcome) {
  for (auto& unit :
       self->state.machine->complete(std::move(outcome), self->state.clock()))
    write(self, std::move(unit));
  fill(self);
}

/// Lets every item of a lost piece fail, with its payload.
void lose(self_pointer self, const chunk_ref& ref, const error& why,
          const std::string& worker) {
  auto& machine = *self->state.machine;
  auto work
    = load_work(*self->state.store, machine.context().shared_from_this(), ref);
  if (work) {
    auto outcome = all_failed(*work, why);
    outcome.worker = worker;
    complete(self, std::make_shared<const chunk_outcome>(std::move(outcome)));
    return;
  }
  spdlog::error("job {}: chunk {} cannot be read and waits: {}",
                to_string(machine.context().spec.id), ref.chunk,
                work.error().message);
  machine.give_back(ref);
  self->delayed_send(self, unreadable_pause, atom::wake_atom_v,
                     ++self->state.timer);
}

} // namespace

job_actor::behavior_type job(self_pointer self, open_job start,
                             service_options options, store_reader_ptr store,
                             committer_actor committer,
                             dispatcher_actor dispatcher) {
  auto& st = self->state;
  st.clock = options.clock;
  auto concurrency = start.context->options.concurrency;
  st.window = concurrency == 0
                ? options.job_window
                : std::min<size_t>(concurrency, options.job_window);
  auto seed = options.seed ^ start.context->spec.number;
  st.machine = std::make_unique<job_machine>(
    std::move(start.context), start.progress, std::move(start.marked),
    [random = std::mt19937_64{seed}]() mutable {
      return std::uniform_real_distribution<double>{}(random);
    });
  st.store = std::move(store);
  st.committer = std::move(committer);
  st.dispatcher = std::move(dispatcher);
  if (auto end = st.machine->end_if_empty(self->state.clock()))
    write(self, std::move(*end));
  else
    fill(self);
  return {
    [self](atom::begun_atom) {
      if (auto unit = self->state.machine->begin(self->state.clock()))
        write(self, std::move(*unit));
    },
    [self](atom::done_atom, const outcome_ptr& outcome) {
      complete(self, outcome);
    },
    [self](atom::lost_atom, const chunk_ref& ref, const error_ptr& why,
           const std::string& worker) { lose(self, ref, *why, worker); },
    [self](atom::returned_atom, const chunk_ref& ref) {
      self->state.machine->give_back(ref);
      fill(self);
    },
    [self](atom::stop_atom) -> caf::result<void> {
      self->state.stopping = true;
      auto done = self->make_response_promise<void>();
      self->state.waiting_for_stop.push_back(done);
      answer_stop(self);
      return done;
    },
    [self](atom::wake_atom, uint64_t timer) {
      if (timer == self->state.timer) {
        self->state.timer_due = 0;
        fill(self);
      }
    },
  };
}

} // namespace batch
