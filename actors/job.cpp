#include "actors/job.hpp"

#include "actors/dead_letters.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/vector_claims.hpp"
#include "codecs/fail_point.hpp"

#include <random>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using job_pointer = job_actor::stateful_pointer<job_actor_state>;

/// The pause before a chunk that could not be read is tried again.
constexpr std::chrono::milliseconds unreadable_pause{1000};
/// Times to begin are looked at again after this time at the latest, because
/// the system's clock may be set meanwhile.
constexpr time_ms timer_max = 60'000;

moment now(job_pointer self) {
  return self->state.options.clock();
}

uint64_t number_of(job_pointer self) {
  return self->state.machine->context().spec.number;
}

std::string name_of(job_pointer self) {
  return "job " + to_string(self->state.machine->context().spec.id);
}

void set_timer(job_pointer self) {
  auto& st = self->state;
  auto at = now(self);
  auto wait = st.machine->time_to_next(at);
  // What is due already goes out as soon as the window has room.
  if (!wait || *wait == 0)
    return;
  auto due = at.ticks + std::min(*wait, timer_max);
  if (st.timer_due > at.ticks && st.timer_due <= due)
    return;
  st.timer_due = due;
  self->delayed_send(self, std::chrono::milliseconds{due - at.ticks + 1},
                     atom::wake_atom_v, ++st.timer);
}

/// Chunks that may be queued, worked on or being written at one time.
size_t window_of(const job_actor_state& st) {
  auto concurrency = st.machine->control().concurrency;
  return concurrency == 0
           ? st.options.job_window
           : std::min<size_t>(concurrency, st.options.job_window);
}

void offer(job_pointer self, std::vector<chunk_ref> pieces) {
  auto& st = self->state;
  self->send(st.dispatcher, atom::offer_atom_v, job_actor{self},
             std::make_shared<const work_offer>(
               work_offer{st.machine->context().shared_from_this(),
                          st.machine->control().priority, std::move(pieces)}));
}

/// Offers pieces up to the window.
void fill(job_pointer self) {
  auto& st = self->state;
  if (st.stopping || st.machine->has_ended())
    return;
  set_timer(self);
  auto outstanding = st.machine->outstanding();
  auto window = window_of(st);
  auto room = outstanding < window ? window - outstanding : 0;
  // Outcomes may be held back behind what was given back, so that does not
  // wait for them.
  if (room == 0 && st.machine->has_given_back()
      && st.machine->in_flight() < window)
    room = 1;
  // Half a window at a time: fewer, larger messages.
  if (room == 0
      || (outstanding > window / 2 && !st.machine->has_urgent(now(self))))
    return;
  auto pieces = st.machine->take(room, now(self));
  if (!pieces.empty())
    offer(self, std::move(pieces));
  set_timer(self);
}

void answer_stop(job_pointer self) {
  if (self->state.writing > 0)
    return;
  for (auto& done : self->state.waiting_for_stop)
    fulfil(done);
  self->state.waiting_for_stop.clear();
}

/// Ends the actor if nothing is being written and nothing will be.
/// @returns whether it has ended.
bool rest(job_pointer self) {
  auto& st = self->state;
  answer_stop(self);
  if (!st.machine->has_ended() || st.writing > 0)
    return false;
  BATCH_FAIL_POINT("job.end_published");
  self->send(st.dispatcher, atom::withdraw_atom_v, number_of(self));
  self->quit();
  return true;
}

void written(job_pointer self, std::optional<uint32_t> chunk) {
  auto& st = self->state;
  --st.writing;
  BATCH_FAIL_POINT("job.unit_written");
  if (chunk)
    st.machine->committed(*chunk);
  if (!rest(self))
    fill(self);
}

/// @param done is answered when the unit is in the store.
/// @param note what it counts.
void write(job_pointer self, commit_unit unit,
           std::optional<done_promise> done = {},
           std::optional<crash_note> note = {}) {
  ++self->state.writing;
  auto chunk = unit.chunk;
  if (unit.ends_job)
    BATCH_FAIL_POINT("job.end_asked");
  self
    ->request(self->state.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then(
      [self, chunk, done, note]() mutable {
        if (done) {
          BATCH_FAIL_POINT("order.after_write");
          fulfil(*done);
        }
        if (note)
          crash_counted(*note);
        written(self, chunk);
      },
      [self, done](const caf::error& why) mutable {
        // The store is gone and the service is ending; the next start goes on
        // from what was written.
        spdlog::error("{} stops: {}", name_of(self), from_caf(why).message);
        if (done)
          done->deliver(why);
        self->quit(why);
      });
}

/// Ends the job if nothing is left to wait for, else offers more.
void go_on(job_pointer self) {
  if (auto end = self->state.machine->settle(now(self)))
    write(self, std::move(*end));
  else
    fill(self);
}

void complete(job_pointer self, outcome_ptr outcome) {
  BATCH_FAIL_POINT("job.outcome_taken");
  auto& machine = *self->state.machine;
  auto was_paused = machine.control().paused;
  for (auto& unit : machine.complete(std::move(outcome), now(self)))
    write(self, std::move(unit));
  if (machine.control().paused && !was_paused) {
    spdlog::warn("{} is paused: {}", name_of(self), machine.progress().reason);
    self->send(self->state.dispatcher, atom::recall_atom_v, number_of(self));
  }
  go_on(self);
}

/// Takes the outcome of a piece once its namespaces are claimed for the model
/// of its vectors. A piece that stores none has nothing to claim; one whose
/// claim is refused is done again, and its worker then knows why.
void claim_and_complete(job_pointer self, const outcome_ptr& outcome,
                        std::vector<vector_claim> claims) {
  if (claims.empty())
    return complete(self, outcome);
  auto& st = self->state;
  auto claim = std::make_shared<const vector_claim>(std::move(claims.back()));
  claims.pop_back();
  ++st.writing;
  self
    ->request(st.committer, caf::infinite, atom::claim_atom_v, claim_ptr{claim})
    .then(
      [self, outcome, claims]() {
        --self->state.writing;
        BATCH_FAIL_POINT("job.vectors_claimed");
        claim_and_complete(self, outcome, claims);
        rest(self);
      },
      [self, outcome](const caf::error& why) {
        --self->state.writing;
        auto reason = from_caf(why);
        if (reason.code != ec::conflict) {
          spdlog::error("{} stops: {}", name_of(self), reason.message);
          self->quit(why);
          return;
        }
        self->state.machine->give_back(outcome->ref);
        go_on(self);
        rest(self);
      });
}

void take_outcome(job_pointer self, const outcome_ptr& outcome) {
  const auto& context = self->state.machine->context();
  auto claims = context.spec.type == job_type::generate_embeddings
                  ? claims_of(*outcome, context.options.embedding_force)
                  : std::vector<vector_claim>{};
  claim_and_complete(self, outcome, std::move(claims));
}

expected<void> obey(job_pointer self, const job_order& order,
                    std::optional<done_promise> done = {}) {
  auto& st = self->state;
  auto unit = st.machine->obey(order, now(self));
  if (!unit)
    return fail(unit);
  BATCH_FAIL_POINT("order.before_write");
  // A job that ends at once is seen as ended by whoever ordered it.
  auto end = st.machine->settle(now(self));
  write(self, std::move(*unit), end ? std::nullopt : done);
  if (end)
    write(self, std::move(*end), done);
  switch (order.what) {
  case job_order::kind::pause:
  case job_order::kind::cancel:
    self->send(st.dispatcher, atom::recall_atom_v, number_of(self));
    break;
  case job_order::kind::cancel_now:
    BATCH_FAIL_POINT("order.cancel_now");
    self->send(st.dispatcher, atom::withdraw_atom_v, number_of(self));
    break;
  case job_order::kind::change:
    offer(self, {}); // tells the priority
    break;
  case job_order::kind::resume:
    break;
  }
  go_on(self);
  return {};
}

/// Lets time pass for a chunk that cannot be read just now; one that is damaged
/// pauses the job until somebody has mended it.
void handle_unreadable(job_pointer self, const chunk_ref& ref,
                       const error& why) {
  auto what
    = "chunk " + std::to_string(ref.chunk) + " cannot be read: " + why.message;
  spdlog::error("{}: {}", name_of(self), what);
  self->state.machine->give_back(ref);
  if (why.code == ec::storage_corrupt) {
    // Refused only while the job is being cancelled, and then all is said.
    if (!obey(self, {job_order::kind::pause, {}, {}, what}))
      go_on(self);
    return;
  }
  self->delayed_send(self, unreadable_pause, atom::wake_atom_v,
                     ++self->state.timer);
}

/// Lets every item of a piece fail whose worker was lost over it.
void lose(job_pointer self, const chunk_ref& ref, const error& why,
          const std::string& worker, const std::string& node) {
  auto& st = self->state;
  if (why.code != ec::timed_out && why.code != ec::worker_lost)
    return handle_unreadable(self, ref, why);
  auto items
    = load_items(*st.store, st.machine->context().shared_from_this(), ref);
  if (!items)
    return handle_unreadable(self, ref, items.error());
  BATCH_FAIL_POINT("job.worker_lost");
  auto outcome = all_failed(*items, why);
  outcome.worker = worker;
  outcome.node = node;
  outcome.lost = true;
  complete(self, std::make_shared<const chunk_outcome>(std::move(outcome)));
}

/// Looks whether the jobs that this one waits for have ended. If one of them
/// has not completed, this one never can begin.
void check_predecessors(job_pointer self) {
  auto& st = self->state;
  if (st.machine->control().released || st.machine->has_ended())
    return;
  for (const auto& id : st.machine->context().options.after) {
    auto status = find_last_status(*st.store, id);
    if (status && !has_ended(*status))
      return;
    if (!status && status.error().code != ec::no_such_job) {
      spdlog::warn("{}: job {} cannot be looked at: {}", name_of(self),
                   to_string(id), status.error().message);
      self->delayed_send(self, unreadable_pause, atom::release_atom_v);
      return;
    }
    if (status && *status == job_status::completed)
      continue;
    auto why = "job " + to_string(id) + ", which had to complete first, "
               + (status ? "has failed" : "cannot be found");
    BATCH_FAIL_POINT("job.predecessor_failed");
    if (obey(self, {job_order::kind::cancel, {}, {}, why}))
      return;
  }
  BATCH_FAIL_POINT("job.before_release");
  write(self, st.machine->release(now(self)));
}

/// The loss of the item that was being worked on when the process crashed, by
/// whichever worker; nothing if its chunk has no such item.
std::optional<chunk_outcome> loss_of(job_pointer self, const crash_note& note,
                                     const loaded_work& items) {
  auto outcome = all_failed(
    items, {ec::worker_lost, "the process crashed while working on it"});
  outcome.node = self->state.options.node;
  outcome.lost = true;
  outcome.failed_at = note.at;
  std::erase_if(outcome.failures, [&](const item_failure& x) {
    auto is_other = x.offset != note.offset;
    if (is_other)
      outcome.left_over.push_back(x.offset);
    return is_other;
  });
  if (outcome.failures.empty())
    return std::nullopt;
  return outcome;
}

void take_crash(job_pointer self, const crash_note& note) {
  auto& st = self->state;
  auto ref = st.machine->interrupted(note);
  if (!ref || st.machine->has_ended())
    return crash_counted(note);
  auto items
    = load_items(*st.store, st.machine->context().shared_from_this(), *ref);
  if (!items) {
    // The next start may be able to read them.
    spdlog::warn("{}: a crash is not counted yet: {}", name_of(self),
                 items.error().message);
    return;
  }
  auto outcome = loss_of(self, note, *items);
  if (!outcome)
    return crash_counted(note);
  spdlog::warn("{}: item {} was being worked on when the process crashed",
               name_of(self), outcome->first_item + note.offset);
  write(self, st.machine->take_interrupted(*outcome, now(self)), {}, note);
}

} // namespace

job_actor::behavior_type job(job_pointer self, open_job start,
                             service_options options, store_reader_ptr store,
                             committer_actor committer,
                             dispatcher_actor dispatcher) {
  auto& st = self->state;
  auto seed = options.seed ^ start.context->spec.number;
  st.options = std::move(options);
  follow_house_rules(self, st.options.on_stray);
  st.machine = std::make_unique<job_machine>(
    std::move(start), [random = std::mt19937_64{seed}]() mutable {
      return std::uniform_real_distribution<double>{}(random);
    });
  st.store = std::move(store);
  st.committer = std::move(committer);
  st.dispatcher = std::move(dispatcher);
  for (const auto& note : st.options.crashes)
    if (note.job == number_of(self))
      take_crash(self, note);
  check_predecessors(self);
  go_on(self);
  return {
    [self](atom::begun_atom) {
      if (auto unit = self->state.machine->begin(now(self))) {
        BATCH_FAIL_POINT("job.before_begin");
        write(self, std::move(*unit));
      }
    },
    [self](atom::done_atom, const outcome_ptr& outcome) {
      take_outcome(self, outcome);
    },
    [self](atom::lost_atom, const chunk_ref& ref, const error_ptr& why,
           const std::string& worker,
           const std::string& node) { lose(self, ref, *why, worker, node); },
    [self](atom::returned_atom, const chunk_ref& ref) {
      self->state.machine->give_back(ref);
      go_on(self);
    },
    [self](atom::order_atom, const order_ptr& order) -> caf::result<void> {
      auto done = self->make_response_promise<void>();
      if (auto obeyed = obey(self, *order, done); !obeyed)
        done.deliver(to_caf(obeyed.error()));
      return done;
    },
    [self](atom::release_atom) {
      check_predecessors(self);
      go_on(self);
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
        BATCH_FAIL_POINT("job.woken");
        self->state.timer_due = 0;
        go_on(self);
      }
    },
  };
}

} // namespace batch
