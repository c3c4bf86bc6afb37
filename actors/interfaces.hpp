// The actors of the service and everything they can be told. Read this first.
//
//   gateway ──open, append, close──▶ SUPERVISOR ──spawns──▶ JOB (one per job)
//                                        │                   │  ▲
//                                        │ commit      offer │  │ outcome
//                                        ▼                   ▼  │
//                      store ◀───── COMMITTER ◀─commit─ JOB  DISPATCHER
//                                                               │  ▲
//                                                         work  ▼  │ done
//                                                   WORKER slots, and others'
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
  // A piece failed as a whole, for this reason, at this worker of this node.
  caf::reacts_to<atom::lost_atom, chunk_ref, error_ptr, std::string,
                 std::string>,
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

/// Takes grants for one slot or several: a thread of ours, or whoever enlists
/// at the DISPATCHER for slots of its own. Answers each grant by `done_atom` or
/// `lost_atom` under its slot and lease; within a slot, in the order they came.
using worker_actor = caf::typed_actor<
  // A piece to be worked on, for the slot that the grant names.
  caf::reacts_to<atom::work_atom, grant_ptr>,
  // The first slot took too long and was lost with what it held; the second
  // one stands in its place from now. What hangs in there is to be replaced.
  // Comes only to those who enlisted.
  caf::reacts_to<atom::renew_atom, slot_number, slot_number>>;

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
  // A worker slot could not load the piece it held under a lease, or lost it:
  // with `ec::worker_lost` or `ec::timed_out` its items are to blame.
  caf::reacts_to<atom::lost_atom, slot_number, lease_number, error_ptr>,
  // Adds slots whose grants go to this actor, and answers their numbers. They
  // are there until it ends or retires them: when it ends, the piece that each
  // of them worked on is lost, and those behind go back. It is told of the
  // grants after the answer, if it asks itself.
  caf::replies_to<atom::enlist_atom, worker_actor,
                  std::vector<slot_offer>>::with<std::vector<slot_number>>,
  // Grants nothing more to these enlisted slots, and takes back what they have
  // not begun: they must not begin it any more. What they work on is awaited.
  // A slot that was renewed meanwhile has to be retired under its new number.
  caf::reacts_to<atom::retire_atom, std::vector<slot_number>>,
  // Answers what each node holds and has done, by its name.
  caf::replies_to<atom::load_atom>::with<node_loads>,
  // Grants nothing more and answers when no slot holds a piece.
  caf::replies_to<atom::stop_atom>::with<void>,
  // INTERNAL: Time to look for leases that have run out.
  caf::reacts_to<atom::tick_atom>,
  // INTERNAL: Time to replace a slot that was lost.
  caf::reacts_to<atom::restart_atom, slot_number>>;

/// Removes what is kept no longer, in the background.
using retention_actor = caf::typed_actor<
  // INTERNAL: Time to look.
  caf::reacts_to<atom::tick_atom>>;

/// Keeps messages of the system itself that nobody took, as dead letters
/// without a job.
using dead_letters_actor = caf::typed_actor<
  // Who did not take it, and what it was.
  caf::reacts_to<atom::stray_atom, std::string, std::string>>;

/// What takes the commands of a gateway: the SUPERVISOR, or for a gateway in
/// another process its GATE.
using command_actor = caf::typed_actor<
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
  caf::replies_to<atom::erase_atom, std::string, std::string>::with<void>>;

/// The root: admits jobs, spawns their actors, and is what other systems talk
/// to. Reads need no actor: see actors/queries/.
using supervisor_actor = command_actor::extend<
  // Lets a worker do the jobs of a type of its own, in so many pieces at a
  // time, until it ends. Jobs of the type may be submitted from now on, and
  // wait when there is no worker. `ec::invalid_request` if no type can have
  // this name, or the number of slots is not 1 to `enlisted_slots_max`;
  // `ec::shutting_down`.
  caf::replies_to<atom::enlist_atom, std::string, foreign_worker_actor,
                  uint32_t>::with<void>,
  // Stops admitting, waits for what is being worked on, syncs, answers.
  caf::replies_to<atom::stop_atom>::with<void>>;

/// Searches for one joined node, one search after the other.
using searcher_actor = caf::typed_actor<
  // The nearest things, without their texts. Errors: those of `search`;
  // `ec::overloaded` if its turn comes after this time, in ticks.
  caf::replies_to<atom::search_atom, search_request_ptr,
                  time_ms>::with<search_answer_ptr>>;

/// What the gateway of one joined node talks to, in the process of the store:
/// reads for it, and passes its commands on to the SUPERVISOR. Drops its
/// snapshots and abandons its uploads when it ends, and ends when its node or
/// the SUPERVISOR does. Errors also: `ec::coordinator_unreachable` for
/// snapshots and uploads that were begun over another link.
using gate_actor = command_actor::extend<
  // The values of keys, of the first of them at least.
  caf::replies_to<atom::get_atom, rows_request_ptr>::with<found_rows_ptr>,
  // A page of a range. Errors: also those of `store_reader::scan`.
  caf::replies_to<atom::scan_atom, scan_request_ptr>::with<page_ptr>,
  // Takes a snapshot, under a number that its node has not used before.
  // `ec::overloaded` if there are too many.
  caf::replies_to<atom::snapshot_atom, uint64_t>::with<void>,
  // A snapshot is needed no more.
  caf::reacts_to<atom::release_atom, uint64_t>,
  // Whether the store can be used.
  caf::replies_to<atom::status_atom>::with<store_status>,
  // Has the SEARCHER search.
  caf::replies_to<atom::search_atom,
                  search_request_ptr>::with<search_answer_ptr>>;

} // namespace batch
