#include "actors/uploads.hpp"

#include "actors/own_types.hpp"
#include "actors/queries/job_queries.hpp"
#include "actors/supervised_jobs.hpp"
#include "actors/upload_removal.hpp"
#include "actors/vector_claims.hpp"
#include "codecs/fail_point.hpp"
#include "codecs/hash.hpp"
#include "codecs/items.hpp"
#include "codecs/limits.hpp"
#include "codecs/record.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace batch {

namespace {

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
commit_unit acceptance(const job_spec& spec, const job_progress& progress,
                       const job_closing& closing) {
  commit_unit unit;
  unit.changes = closing.rest;
  std::string number;
  append_fixed(number, spec.number);
  unit.changes.put(family::jobs, keys::job_spec(spec.number),
                   encode_record(spec));
  unit.changes.put(family::jobs, keys::job_progress(spec.number),
                   encode_record(progress));
  unit.changes.put(family::jobs, keys::job_by_id(spec.id), number);
  unit.changes.put(
    family::jobs,
    keys::job_by_status(static_cast<uint8_t>(progress.status), spec.number),
    {});
  unit.counters = closing.counters;
  unit.counters.type = spec.type.base;
  unit.counters.new_jobs = 1;
  unit.counters.of(job_status::pending) = 1;
  unit.counters.next_job = spec.number + 1;
  unit.durable = true;
  unit.refusable = true;
  return unit;
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
  if (earlier->expires_at <= st.options.clock().time)
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
  unit.changes.put(family::jobs, keys::expiry(record.expires_at, key_row), {});
}

void write_next(supervisor_pointer self,
                std::shared_ptr<std::vector<commit_unit>> units, size_t at,
                upload_kind kind) {
  if (at == units->size()) {
    if (kind != upload_kind::items)
      self->state.letters_are_changing = false;
    return;
  }
  BATCH_FAIL_POINT("upload.dropping");
  auto unit = std::make_shared<const commit_unit>(std::move((*units)[at]));
  self->request(self->state.committer, caf::infinite, atom::commit_atom_v, unit)
    .then([=] { write_next(self, units, at + 1, kind); },
          // The service is ending; its next start removes the rest.
          [](const caf::error&) {});
}

/// Removes what an upload that is no longer open has written.
void remove(supervisor_pointer self, uint64_t number, upload_kind kind) {
  auto& st = self->state;
  auto begin = [=] {
    auto units = std::make_shared<std::vector<commit_unit>>();
    if (auto removal = removal_of_upload(*self->state.store, number))
      *units = std::move(*removal);
    else
      spdlog::error("what upload {} has left stays until the next start: {}",
                    number, removal.error().message);
    write_next(self, units, 0, kind);
  };
  // Blocks may still be on their way to the store.
  self->request(st.committer, caf::infinite, atom::sync_atom_v)
    .then(begin, [](const caf::error&) {});
}

/// Lets others change dead letters, once all is written that a ticket which is
/// gone has asked for.
void free_letters(supervisor_state& st) {
  auto is_held = std::ranges::any_of(st.uploads, [](const auto& x) {
    return x.second.kind != upload_kind::items;
  });
  if (!is_held && st.ticket_writes == 0)
    st.letters_are_changing = false;
}

caf::result<void> write_with_ticket(supervisor_pointer self,
                                    const commit_unit_ptr& unit) {
  auto& st = self->state;
  if (st.stopping)
    return to_caf({ec::shutting_down, "the service is ending"});
  auto done = self->make_response_promise<void>();
  ++st.ticket_writes;
  self->request(st.committer, caf::infinite, atom::commit_atom_v, unit)
    .then(
      [self, done]() mutable {
        --self->state.ticket_writes;
        free_letters(self->state);
        fulfil(done);
      },
      [self, done](const caf::error& why) mutable {
        --self->state.ticket_writes;
        free_letters(self->state);
        done.deliver(why);
      });
  return done;
}

caf::result<job_acceptance> accept(supervisor_pointer self,
                                   supervisor_state::upload upload,
                                   open_job start, commit_unit unit,
                                   std::string key_row) {
  auto& st = self->state;
  auto accepted = self->make_response_promise<job_acceptance>();
  auto context = start.context;
  st.accepting.insert(context->spec.number);
  if (!key_row.empty())
    st.keys_in_use.insert(key_row);
  BATCH_FAIL_POINT("acceptance.before_write");
  self
    ->request(st.committer, caf::infinite, atom::commit_atom_v,
              std::make_shared<const commit_unit>(std::move(unit)))
    .then(
      [=]() mutable {
        self->state.accepting.erase(context->spec.number);
        self->state.keys_in_use.erase(key_row);
        if (upload.kind != upload_kind::items)
          self->state.letters_are_changing = false;
        BATCH_FAIL_POINT("acceptance.after_write");
        accepted.deliver(job_acceptance{context->spec.id, false});
        spawn_job(self, std::move(start));
      },
      [=](const caf::error& why) mutable {
        self->state.accepting.erase(context->spec.number);
        self->state.keys_in_use.erase(key_row);
        accepted.deliver(why);
        remove(self, context->spec.number, upload.kind);
      });
  return accepted;
}

/// Jobs that must complete first have to exist.
expected<void> check_predecessors(const supervisor_state& st,
                                  const job_options& options) {
  for (size_t i = 0; i < options.after.size(); ++i) {
    auto number = find_job_number(*st.store, options.after[i]);
    if (number)
      continue;
    auto at = std::to_string(i);
    if (number.error().code == ec::no_such_job
        || number.error().code == ec::job_gone)
      return fail(ec::invalid_option,
                  "options/after/" + at + ": " + number.error().message,
                  "/options/after/" + at);
    return fail(number);
  }
  return {};
}

/// Refuses a job whose model is not there, or whose vectors could not be
/// stored where all of them belong: what can be known without its items.
expected<void> check_embedding(const supervisor_state& st,
                               const job_context& job) {
  if (job.spec.type != job_type::generate_embeddings)
    return {};
  auto model = st.options.embedders->find(job.options.embedding_model);
  if (!model)
    return fail(ec::invalid_option,
                "options/embedding/model: unknown model; this service has "
                  + st.options.embedders->names(),
                "/options/embedding/model");
  auto ns = ns_of_item(job.spec.input);
  if (ns.empty() || job.options.embedding_force)
    return {};
  auto stored = find_namespace_model(*st.store, ns);
  if (!stored)
    return fail(stored);
  if (!*stored)
    return {};
  return check_namespace_model(ns, **stored, model->model(),
                               model->dimensions());
}

/// What the job of an upload is, if that was said only when it was closed.
expected<job_context_ptr> described(const supervisor_state& st,
                                    const job_context_ptr& opened,
                                    const job_request& description) {
  auto spec = opened->spec;
  spec.options = description.options;
  spec.input = description.input;
  auto context
    = make_job_context(std::move(spec), &st.options.transform_functions);
  if (!context)
    return context;
  if (description.type != opened->spec.type
      || (*context)->options.chunk_items != opened->options.chunk_items)
    return fail(ec::invalid_request,
                "an upload is closed with the type and the chunkSize that it "
                "was opened with");
  if (auto ok = check_predecessors(st, (*context)->options); !ok)
    return fail(ok);
  if (auto ok = check_embedding(st, **context); !ok)
    return fail(ok);
  return context;
}

} // namespace

expected<void> check_admission(const supervisor_state& st) {
  if (st.stopping)
    return fail(ec::shutting_down, "the service is ending");
  if (st.jobs.size() + st.uploads.size() + st.accepting.size()
      >= st.options.open_jobs_max)
    return fail(ec::overloaded,
                std::to_string(st.options.open_jobs_max)
                  + " jobs are open; try again when some have ended");
  auto health = st.store->health();
  // What could not be written has given its space back: the disk may seem to
  // have some.
  if (st.store->capacity() == capacity::full || health.lacks_space)
    return fail(ec::storage_full,
                "the disk is nearly full; free space and try again");
  if (!health.writable)
    return fail(ec::storage_failure,
                "the store cannot be written: " + health.message);
  return {};
}

expected<job_ticket> open_upload(supervisor_pointer self,
                                 const job_request& request) {
  auto& st = self->state;
  // A ticket brings nothing; what it removes gives space back.
  if (request.kind == upload_kind::ticket && st.stopping)
    return fail(ec::shutting_down, "the service is ending");
  if (request.kind != upload_kind::ticket)
    if (auto ok = check_admission(st); !ok)
      return fail(ok);
  if (request.kind == upload_kind::items)
    if (auto ok = check_type(st, request.type); !ok)
      return fail(ok);
  job_spec spec;
  spec.number = st.next_job;
  spec.type = request.type;
  spec.options = request.options;
  spec.input = request.input;
  auto context
    = make_job_context(std::move(spec), &st.options.transform_functions);
  if (!context)
    return fail(context);
  if (auto ok = check_predecessors(st, (*context)->options); !ok)
    return fail(ok);
  if (auto ok = check_embedding(st, **context); !ok)
    return fail(ok);
  if (request.kind != upload_kind::items
      && std::exchange(st.letters_are_changing, true))
    return fail(ec::conflict, "dead letters are being replayed, purged or "
                              "removed right now; try again");
  ++st.next_job;
  job_ticket ticket{(*context)->spec.number, (*context)->options.chunk_items,
                    (*context)->options.warnings};
  st.uploads[ticket.number] = {std::move(*context), request.kind};
  return ticket;
}

caf::result<void> append_to_upload(supervisor_pointer self, uint64_t number,
                                   const commit_unit_ptr& unit) {
  auto& st = self->state;
  auto found = st.uploads.find(number);
  if (found == st.uploads.end())
    return to_caf({ec::conflict, "this upload is not open"});
  if (auto ok = check_block(unit->changes); !ok)
    return to_caf(ok.error());
  if (found->second.kind == upload_kind::ticket)
    return write_with_ticket(self, unit);
  BATCH_FAIL_POINT("upload.block_accepted");
  return self->delegate(self->state.committer, atom::commit_atom_v, unit);
}

caf::result<job_acceptance> close_upload(supervisor_pointer self,
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
      abandon_upload(self, closing.number);
      return job_acceptance{(*earlier)->id, true};
    }
  }
  if (closing.description) {
    auto context = described(st, found->second.context, *closing.description);
    if (!context)
      return to_caf(context.error());
    found->second.context = std::move(*context);
  }
  auto upload = std::move(found->second);
  st.uploads.erase(found);
  auto context = std::make_shared<job_context>(*upload.context);
  auto& spec = context->spec;
  spec.id = make_job_id();
  spec.total = closing.total;
  spec.chunks = closing.chunks;
  spec.created_at = st.options.clock().time;
  open_job start{context, first_control(*context), {}, {}};
  start.progress.updated_at = spec.created_at;
  if (!start.control.released || context->starts_at() > spec.created_at)
    start.progress.state = job_state::scheduled;
  auto unit = acceptance(spec, start.progress, closing);
  if (!key_row.empty())
    put_key(unit, key_row, closing, spec);
  return accept(self, std::move(upload), std::move(start), std::move(unit),
                std::move(key_row));
}

void abandon_upload(supervisor_pointer self, uint64_t number) {
  auto found = self->state.uploads.find(number);
  if (found == self->state.uploads.end())
    return;
  auto kind = found->second.kind;
  self->state.uploads.erase(found);
  if (kind == upload_kind::ticket)
    free_letters(self->state);
  else
    remove(self, number, kind);
}

} // namespace batch
