#include "actors/supervisor.hpp"

#include "codecs/hash.hpp"
#include "codecs/limits.hpp"
#include "codecs/record.hpp"
#include "codecs/stamped.hpp"
#include "storage/keys.hpp"

#include <spdlog/spdlog.h>

namespace batch {

namespace {

using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

/// Restarts of one JOB before it is left alone until the next start.
constexpr unsigned job_restarts_max = 5;

void spawn_job(self_pointer self, open_job start) {
  auto& st = self->state;
  auto number = start.context->spec.number;
  auto spawned = self->spawn<caf::monitored>(
    job, std::move(start), st.options, st.store, st.committer, st.dispatcher);
  st.job_numbers[spawned.address()] = number;
  st.jobs[number].actor = std::move(spawned);
}

/// Starts a JOB again that a defect of ours has ended, from what the store
/// says of it.
void restart_job(self_pointer self, uint64_t number) {
  auto& st = self->state;
  auto found = st.jobs.find(number);
  if (found == st.jobs.end())
    return;
  if (++found->second.restarts > job_restarts_max) {
    spdlog::error("job number {} fails again and again; it stays as it is "
                  "until the next start",
                  number);
    st.jobs.erase(found);
    return;
  }
  // Units that the lost actor had asked for must be in before they are read.
  self->request(st.committer, st.options.request_timeout, atom::sync_atom_v)
    .then(
      [self, number] {
        auto start = read_open_job(*self->state.store, number);
        if (start && !has_ended(start->progress.status))
          spawn_job(self, std::move(*start));
        else
          self->state.jobs.erase(number);
      },
      [self, number](const caf::error&) { self->state.jobs.erase(number); });
}

void handle_down(self_pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  auto found = st.job_numbers.find(down.source);
  if (found == st.job_numbers.end())
    return;
  auto number = found->second;
  st.job_numbers.erase(found);
  // A job that has come to its end quits without a reason.
  if (!down.reason || st.stopping) {
    st.jobs.erase(number);
    return;
  }
  spdlog::error("the actor of job number {} ended: {}", number,
                caf::to_string(down.reason));
  st.jobs[number].actor = nullptr;
  restart_job(self, number);
}

expected<void> check_admission(const supervisor_state& st) {
  if (st.stopping)
    return fail(ec::shutting_down, "the service is ending");
  if (st.jobs.size() + st.uploads.size() + st.accepting
      >= st.options.open_jobs_max)
    return fail(ec::overloaded,
                std::to_string(st.options.open_jobs_max)
                  + " jobs are open; try again when some have ended");
  if (st.store->capacity() == capacity::full)
    return fail(ec::storage_full,
                "the disk is nearly full; free space and try again");
  if (auto health = st.store->health(); !health.writable)
    return fail(ec::storage_failure,
                "the store cannot be written: " + health.message);
  return {};
}

expected<job_ticket> open_upload(self_pointer self,
                                 const job_request& request) {
  auto& st = self->state;
  if (auto ok = check_admission(st); !ok)
    return fail(ok);
  job_spec spec;
  spec.number = st.next_job;
  spec.type = request.type;
  spec.options = request.options;
  spec.input = request.input;
  auto context = make_job_context(std::move(spec));
  if (!context)
    return fail(context);
  ++st.next_job;
  job_ticket ticket{(*context)->spec.number, (*context)->options.chunk_items,
                    (*context)->options.warnings};
  st.uploads.emplace(ticket.number, std::move(*context));
  return ticket;
}

/// Other systems send blocks too; a larger one would be no atomic write.
expected<void> check_block(const write_batch& block) {
  if (block.bytes() <= upload_block_bytes_max
      && block.entries() <= batch_entries_max / 2)
    return {};
  return fail(ec::invalid_request,
              "a block has at most " + std::to_string(upload_block_bytes_max)
                + " bytes and " + std::to_string(batch_entries_max / 2)
                + " records");
}

/// The unit that makes a job exist.
commit_unit acceptance(const job_spec& spec, const write_batch& rest) {
  commit_unit unit;
  unit.changes = rest;
  std::string number;
  append_fixed(number, spec.number);
  job_progress progress;
  progress.updated_at = spec.created_at;
  unit.changes.put(family::jobs, keys::job_spec(spec.number),
                   encode_record(spec));
  unit.changes.put(family::jobs, keys::job_progress(spec.number),
                   encode_record(progress));
  unit.changes.put(family::jobs, keys::job_by_id(spec.id), number);
  unit.changes.put(
    family::jobs,
    keys::job_by_status(static_cast<uint8_t>(progress.status), spec.number),
    {});
  unit.counters.type = spec.type;
  unit.counters.new_jobs = 1;
  unit.counters.of(job_status::pending) = 1;
  unit.counters.next_job = spec.number + 1;
  unit.durable = true;
  unit.refusable = true;
  return unit;
}

commit_unit removal_of_chunks(uint64_t number) {
  commit_unit unit;
  auto [from, to] = keys::of_job(number);
  unit.changes.erase_range(family::chunks, from, to);
  return unit;
}

void write_in_background(self_pointer self, commit_unit unit) {
  auto& st = self->state;
  self
    ->request(st.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then([] {}, [](const caf::error&) {});
}

/// What an earlier submission under the key has led to, if it still counts.
expected<std::optional<idempotency_record>>
find_earlier(const supervisor_state& st, const std::string& key_row) {
  auto row = st.store->get(family::jobs, key_row);
  if (!row)
    return fail(row);
  if (!*row)
    return std::nullopt;
  auto earlier = decode_record<idempotency_record>(**row);
  if (!earlier)
    return fail(earlier);
  if (earlier->expires_at <= st.options.clock())
    return std::nullopt;
  return std::move(*earlier);
}

/// Remembers the key in the same write that accepts the job.
void put_key(commit_unit& unit, const std::string& key_row,
             const job_closing& closing, const job_spec& spec) {
  idempotency_record record;
  record.fingerprint = closing.fingerprint;
  record.id = spec.id;
  record.expires_at
    = spec.created_at
      + std::chrono::milliseconds{idempotency_key_age_max}.count();
  unit.changes.put(family::jobs, key_row, encode_record(record));
}

caf::result<job_acceptance> accept(self_pointer self,
                                   std::shared_ptr<job_context> context,
                                   commit_unit unit, std::string key_row) {
  auto& st = self->state;
  auto accepted = self->make_response_promise<job_acceptance>();
  ++st.accepting;
  if (!key_row.empty())
    st.keys_in_use.insert(key_row);
  self
    ->request(st.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then(
      [self, accepted, context, key_row]() mutable {
        --self->state.accepting;
        self->state.keys_in_use.erase(key_row);
        accepted.deliver(job_acceptance{context->spec.id, false});
        job_progress progress;
        progress.updated_at = context->spec.created_at;
        spawn_job(self, {context, progress, {}});
      },
      [self, accepted, context, key_row](const caf::error& why) mutable {
        --self->state.accepting;
        self->state.keys_in_use.erase(key_row);
        accepted.deliver(why);
        write_in_background(self, removal_of_chunks(context->spec.number));
      });
  return accepted;
}

/// Accepts an upload, or answers what an earlier one under the same key was
/// answered. A refused upload stays open until it is abandoned.
caf::result<job_acceptance> close_upload(self_pointer self,
                                         const job_closing& closing) {
  auto& st = self->state;
  auto found = st.uploads.find(closing.number);
  if (found == st.uploads.end())
    return to_caf({ec::conflict, "this upload is not open"});
  if (st.stopping)
    return to_caf({ec::shutting_down, "the service is ending"});
  if (auto ok = check_block(closing.rest); !ok)
    return to_caf(ok.error());
  std::string key_row;
  if (!closing.key.empty()) {
    key_row = keys::idempotency(sha256_hex(closing.key));
    if (st.keys_in_use.contains(key_row))
      return to_caf({ec::conflict, "a submission with this Idempotency-Key is "
                                   "being accepted right now"});
    auto earlier = find_earlier(st, key_row);
    if (!earlier)
      return to_caf(earlier.error());
    if (*earlier && (*earlier)->fingerprint != closing.fingerprint)
      return to_caf({ec::idempotency_mismatch,
                     "this Idempotency-Key was used for another submission"});
    if (*earlier) {
      st.uploads.erase(found);
      write_in_background(self, removal_of_chunks(closing.number));
      return job_acceptance{(*earlier)->id, true};
    }
  }
  auto context = std::make_shared<job_context>(*found->second);
  st.uploads.erase(found);
  auto& spec = context->spec;
  spec.id = make_job_id();
  spec.total = closing.total;
  spec.chunks = closing.chunks;
  spec.created_at = st.options.clock();
  auto unit = acceptance(spec, closing.rest);
  if (!key_row.empty())
    put_key(unit, key_row, closing, spec);
  return accept(self, std::move(context), std::move(unit), std::move(key_row));
}

/// Delegates to the COMMITTER with a time limit, so that the sender's request
/// is answered whatever happens.
caf::result<void> write(self_pointer self, commit_unit unit) {
  return self->delegate(self->state.committer, atom::commit_atom_v,
                        std::make_shared<const commit_unit>(std::move(unit)));
}

caf::result<void> put_thing(self_pointer self, const std::string& ns,
                            const std::string& id, const std::string& text) {
  auto& st = self->state;
  if (auto ok = check_admission(st); !ok)
    return to_caf(ok.error());
  // A number of its own orders this write among those of jobs.
  auto number = st.next_job++;
  auto stamp = make_stamp(number, 0, text);
  commit_unit unit;
  unit.changes.put(family::things, keys::named(ns, id),
                   {{stamp.data(), stamp.size()}, text});
  unit.counters.next_job = number + 1;
  unit.durable = true;
  unit.refusable = true;
  return write(self, std::move(unit));
}

caf::result<void> erase_thing(self_pointer self, const std::string& ns,
                              const std::string& id) {
  auto& st = self->state;
  auto key = keys::named(ns, id);
  auto stored = st.store->get(family::things, key);
  if (!stored)
    return to_caf(stored.error());
  if (!*stored)
    return to_caf({ec::no_such_thing, "no thing has this ns and id"});
  commit_unit unit;
  unit.changes.erase(family::things, key);
  unit.changes.erase(family::embeddings, key);
  unit.durable = true;
  unit.refusable = true;
  return write(self, std::move(unit));
}

/// Stops in the order of the data: no new work, then the outcomes, then what
/// they write.
caf::result<void> stop(self_pointer self) {
  auto& st = self->state;
  st.stopping = true;
  auto stopped = self->make_response_promise<void>();
  auto sync = [self, stopped]() mutable {
    auto& state = self->state;
    self
      ->request(state.committer, state.options.request_timeout,
                atom::sync_atom_v)
      .then([stopped]() mutable { fulfil(stopped); },
            [stopped](const caf::error& why) mutable { stopped.deliver(why); });
  };
  auto stop_jobs = [self, sync]() mutable {
    auto& state = self->state;
    auto left = std::make_shared<size_t>(1);
    auto one_less = [left, sync]() mutable {
      if (--*left == 0)
        sync();
    };
    for (auto& [number, x] : state.jobs) {
      if (!x.actor)
        continue;
      ++*left;
      self->request(x.actor, state.options.drain_timeout, atom::stop_atom_v)
        .then([one_less]() mutable { one_less(); },
              [one_less](const caf::error&) mutable { one_less(); });
    }
    one_less();
  };
  self->request(st.dispatcher, st.options.drain_timeout, atom::stop_atom_v)
    .then([stop_jobs]() mutable { stop_jobs(); },
          [stop_jobs](const caf::error&) mutable { stop_jobs(); });
  return stopped;
}

} // namespace

supervisor_actor::behavior_type
supervisor(self_pointer self, service_options options, store_reader_ptr store,
           recovered_state found, committer_actor committer,
           dispatcher_actor dispatcher) {
  auto& st = self->state;
  st.options = std::move(options);
  st.store = std::move(store);
  st.committer = std::move(committer);
  st.dispatcher = std::move(dispatcher);
  st.next_job = found.counters.next_job;
  self->set_down_handler(
    [self](const caf::down_msg& down) { handle_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& x) {
    for (auto& [number, running] : self->state.jobs)
      if (running.actor)
        self->send_exit(running.actor, x.reason);
    self->quit(x.reason);
  });
  for (auto& open : found.jobs)
    spawn_job(self, std::move(open));
  return {
    [self](atom::open_atom, const job_request_ptr& request) {
      return to_result(open_upload(self, *request));
    },
    [self](atom::append_atom, uint64_t number,
           const commit_unit_ptr& unit) -> caf::result<void> {
      if (!self->state.uploads.contains(number))
        return to_caf({ec::conflict, "this upload is not open"});
      if (auto ok = check_block(unit->changes); !ok)
        return to_caf(ok.error());
      return self->delegate(self->state.committer, atom::commit_atom_v, unit);
    },
    [self](atom::close_atom, const job_closing_ptr& closing) {
      return close_upload(self, *closing);
    },
    [self](atom::abandon_atom, uint64_t number) {
      if (self->state.uploads.erase(number) > 0)
        write_in_background(self, removal_of_chunks(number));
    },
    [self](atom::put_atom, const std::string& ns, const std::string& id,
           const std::string& text) { return put_thing(self, ns, id, text); },
    [self](atom::erase_atom, const std::string& ns, const std::string& id) {
      return erase_thing(self, ns, id);
    },
    [self](atom::stop_atom) { return stop(self); },
  };
}

} // namespace batch
