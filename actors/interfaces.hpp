// The actors of the service and everything they can be told. Read this first.
//
//   gateway ──open, append, close──▶ SUPERVISOR ──spawns──▶ JOB (one per job)
//                                        │                   │  ▲
//                                        │ commit      offer │  │ outcome
//                                        ▼                   ▼  │
//                      store ◀───── COMMITTER ◀─commit─ JOB  DISPATCHER
//                                                               │  ▲
//                                                         work  ▼  │ done
//                                                             WORKER slots
//
// A role is written in capitals in prose; code adds `_actor` to the word, and
// the bare word is the function that behaves so. Decisions are made in plain
// classes (job_machine, dispatch_table); the actors only carry messages.
// Nothing is sent that was not asked for: work is pulled with credit, uploads
// wait for the answer of each block, so no mailbox grows with a job.
#pragma once

#include "actors/messages.hpp"

#include <caf/typed_actor.hpp>

namespace batch {

/// The only writer of the store. Gathers what waits in its mailbox into one
/// atomic batch (group commit). Ends, and with it the service, if the store
/// cannot be written any more.
using committer_actor = caf::typed_actor<
  // Writes a unit and answers when it is as durable as the unit asks for.
  // `ec::storage_full` for units that may be refused, `ec::storage_failure`.
  caf::replies_to<atom::commit_atom, commit_unit_ptr>::with<void>,
  // Grants a namespace to a model, and answers when that is in the store.
  // `ec::conflict` if it belongs to another one.
  caf::replies_to<atom::claim_atom, claim_ptr>::with<void>,
  // Answers when everything written before survives a power cut.
  caf::replies_to<atom::sync_atom>::with<void>,
  // INTERNAL: Time to write what has gathered.
  caf::reacts_to<atom::flush_atom>,
  // INTERNAL: Time to sync what was written.
  caf::reacts_to<atom::tick_atom>>;

/// One batch: gives out its chunks, decides what outcomes mean, ends it. Quits
/// when its end is in the store.
using job_actor = caf::typed_actor<
  // The first piece of the job went to a worker.
  caf::reacts_to<atom::begun_atom>,
  // What a worker made of a piece; comes once for each piece.
  caf::reacts_to<atom::done_atom, outcome_ptr>,
  // A piece failed as a whole, for this reason, at this worker.
  caf::reacts_to<atom::lost_atom, chunk_ref, error_ptr, std::string>,
  // A piece came back that nobody had begun.
  caf::reacts_to<atom::returned_atom, chunk_ref>,
  // Answers when the order is in the store. `ec::conflict` if the state of the
  // job forbids it.
  caf::replies_to<atom::order_atom, order_ptr>::with<void>,
  // A job that this one waits for has ended.
  caf::reacts_to<atom::release_atom>,
  // Answers when all outcomes that have come are in the store.
  caf::replies_to<atom::stop_atom>::with<void>,
  // INTERNAL: A retry is due; counts timers, so that old ones are ignored.
  caf::reacts_to<atom::wake_atom, uint64_t>>;

/// Brings work and workers together, by leases.
using dispatcher_actor = caf::typed_actor<
  // Pieces of a job that may be worked on now, and whom to tell.
  caf::reacts_to<atom::offer_atom, job_actor, offer_ptr>,
  // Gives back what of a job is not granted yet.
  caf::reacts_to<atom::recall_atom, uint64_t>,
  // A job has ended.
  caf::reacts_to<atom::withdraw_atom, uint64_t>,
  // A worker slot is done with the piece it held under a lease.
  caf::reacts_to<atom::done_atom, slot_number, lease_number, outcome_ptr>,
  // A worker slot could not load the piece it held under a lease.
  caf::reacts_to<atom::lost_atom, slot_number, lease_number, error_ptr>,
  // Grants nothing more and answers when no slot holds a piece.
  caf::replies_to<atom::stop_atom>::with<void>,
  // INTERNAL: Time to look for leases that have run out.
  caf::reacts_to<atom::tick_atom>,
  // INTERNAL: Time to replace a worker that was lost.
  caf::reacts_to<atom::restart_atom, job_type, std::string>>;

/// One thread of a pool. Loads what a piece needs and runs the pure function
/// of its type on it.
using worker_actor
  = caf::typed_actor<caf::reacts_to<atom::work_atom, grant_ptr>>;

/// Removes what is kept no longer, in the background.
using retention_actor = caf::typed_actor<
  // INTERNAL: Time to look.
  caf::reacts_to<atom::tick_atom>>;

/// Keeps messages of the system itself that nobody took, as dead letters
/// without a job.
using dead_letters_actor = caf::typed_actor<
  // Who did not take it, and what it was.
  caf::reacts_to<atom::stray_atom, std::string, std::string>>;

/// The root: admits jobs, spawns their actors, and is what other systems talk
/// to. Reads need no actor: see actors/queries/.
using supervisor_actor = caf::typed_actor<
  // Answers whether something new may begin: to be asked before a long body is
  // read for nothing. `ec::overloaded`, `ec::storage_full`,
  // `ec::storage_failure`, `ec::shutting_down`.
  caf::replies_to<atom::admit_atom>::with<void>,
  // Checks what was submitted and opens a job for its items.
  // `ec::invalid_option`, `ec::overloaded`, `ec::storage_full`,
  // `ec::shutting_down`; `ec::conflict` if another upload changes letters.
  caf::replies_to<atom::open_atom, job_request_ptr>::with<job_ticket>,
  // Keeps chunk records of an open upload, up to upload_block_bytes_max. Errors
  // as COMMITTER, and `ec::conflict` if the upload is not open,
  // `ec::invalid_request` if the block is too large.
  caf::replies_to<atom::append_atom, uint64_t, commit_unit_ptr>::with<void>,
  // Accepts the job: the answer is the promise that it will be done.
  // `ec::idempotency_mismatch` if the key was used for something else,
  // `ec::conflict` while another upload with the key is being accepted.
  caf::replies_to<atom::close_atom, job_closing_ptr>::with<job_acceptance>,
  // Drops an upload and what it had appended.
  caf::reacts_to<atom::abandon_atom, uint64_t>,
  // Pauses, resumes, cancels or changes a job that is open. Answers when that
  // is in the store. `ec::no_such_job`, `ec::conflict` if the state of the job
  // forbids it.
  caf::replies_to<atom::order_atom, job_id, order_ptr>::with<void>,
  // Upserts one thing: ns, id and its JSON text, which must be valid.
  caf::replies_to<atom::put_atom, std::string, std::string,
                  std::string>::with<void>,
  // Removes one thing and its embedding: ns and id. `ec::no_such_thing`.
  caf::replies_to<atom::erase_atom, std::string, std::string>::with<void>,
  // Stops admitting, waits for what is being worked on, syncs, answers.
  caf::replies_to<atom::stop_atom>::with<void>>;

} // namespace batch
