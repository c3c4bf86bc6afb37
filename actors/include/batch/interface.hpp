// The service and everything it can be told, in process or over the network:
// the handle is the same. Public: installed as <batch/interface.hpp>.
//
//   caf::scoped_actor self{system};
//   self->request(service, 30s, batch::atom::create_atom_v, job)
//     .receive([&](const batch::job_accepted& x) { … },
//              [&](const caf::error& why) { … });
//
// Errors are of category `batch::error_category`; every call may answer
// `ec::shutting_down`, `ec::overloaded`, and what the store answers:
// `ec::storage_failure`, `ec::storage_corrupt`. Give every request a time
// limit: CAF does not tell one that its receiver's process is gone.
#pragma once

#include <batch/foreign_worker.hpp>
#include <batch/messages.hpp>

// Type ids from 2000 on: a program that uses the service begins its own block
// at `caf::first_custom_type_id`, as ever, and has 1,800 of them.
CAF_BEGIN_TYPE_ID_BLOCK(batch_api, caf::first_custom_type_id + 1800)

CAF_ADD_ATOM(batch_api, batch::atom, abandon_atom, "abandon")
CAF_ADD_ATOM(batch_api, batch::atom, append_atom, "append")
CAF_ADD_ATOM(batch_api, batch::atom, cancel_atom, "cancel")
CAF_ADD_ATOM(batch_api, batch::atom, change_atom, "change")
CAF_ADD_ATOM(batch_api, batch::atom, close_atom, "close")
CAF_ADD_ATOM(batch_api, batch::atom, create_atom, "create")
CAF_ADD_ATOM(batch_api, batch::atom, enlist_atom, "enlist")
CAF_ADD_ATOM(batch_api, batch::atom, erase_atom, "erase")
CAF_ADD_ATOM(batch_api, batch::atom, errors_atom, "errors")
CAF_ADD_ATOM(batch_api, batch::atom, event_atom, "event")
CAF_ADD_ATOM(batch_api, batch::atom, export_atom, "export")
CAF_ADD_ATOM(batch_api, batch::atom, find_atom, "find")
CAF_ADD_ATOM(batch_api, batch::atom, join_atom, "join")
CAF_ADD_ATOM(batch_api, batch::atom, letters_atom, "letters")
CAF_ADD_ATOM(batch_api, batch::atom, list_atom, "list")
CAF_ADD_ATOM(batch_api, batch::atom, next_atom, "next")
CAF_ADD_ATOM(batch_api, batch::atom, pause_atom, "pause")
CAF_ADD_ATOM(batch_api, batch::atom, purge_atom, "purge")
CAF_ADD_ATOM(batch_api, batch::atom, put_atom, "put")
CAF_ADD_ATOM(batch_api, batch::atom, replay_atom, "replay")
CAF_ADD_ATOM(batch_api, batch::atom, results_atom, "results")
CAF_ADD_ATOM(batch_api, batch::atom, resume_atom, "resume")
CAF_ADD_ATOM(batch_api, batch::atom, retry_atom, "retry")
CAF_ADD_ATOM(batch_api, batch::atom, stats_atom, "stats")
CAF_ADD_ATOM(batch_api, batch::atom, subscribe_atom, "subscribe")
CAF_ADD_ATOM(batch_api, batch::atom, upload_atom, "upload")
CAF_ADD_ATOM(batch_api, batch::atom, work_atom, "work")

namespace batch {

/// An upload of any length. Drop the handle when you are done: it holds a
/// thread of the service.
///
/// Nothing of it is a job before `close` is answered. It is dropped, and ends,
/// with the first error, when whoever opened it ends or is lost, and after a
/// minute without a block. A block that is sent to one that has ended fails
/// with `caf::sec::request_receiver_down`, or by its time limit.
using upload_actor = caf::typed_actor<
  // Takes the next part of the NDJSON text, up to `rpc_bytes_max`; parts may
  // begin and end inside of a line. The answer is the leave to send the next
  // one. `ec::body_too_large`, `ec::storage_full`.
  caf::replies_to<atom::append_atom, std::string>::with<void>,
  // Accepts the job. As `create`.
  caf::replies_to<atom::close_atom>::with<job_accepted>,
  // Drops it.
  caf::reacts_to<atom::abandon_atom>>;

/// An export, or the results or errors of a job, all of one point of time. Drop
/// the handle when you are done: it holds a thread of the service.
///
/// It ends behind the last block, with the first error, when whoever opened it
/// ends or is lost, and when nobody has asked for a minute.
using block_source_actor = caf::typed_actor<
  // Answers the next block. `ec::snapshot_gone` to who is too slow.
  caf::replies_to<atom::next_atom>::with<byte_block>,
  // Ends it.
  caf::reacts_to<atom::abandon_atom>>;

/// Wants to know what becomes of jobs: implemented by whoever asks for it.
using job_listener_actor = caf::typed_actor<
  // A job has come on. The next event comes when this one was answered, and at
  // most five a second. An error, or no answer within a minute, ends the
  // subscription.
  caf::replies_to<atom::event_atom, job_event>::with<void>>;

/// The SERVICE: all of the product for other actors. Ids of jobs are those of
/// `job_info::id`; text that is none names no job.
using service_actor = caf::typed_actor<
  // Accepts a job of up to `rpc_bytes_max` in all. `ec::invalid_job`,
  // `ec::invalid_option`, `ec::invalid_json`, `ec::body_too_large`,
  // `ec::storage_full`, `ec::idempotency_mismatch`; `ec::conflict` while the
  // same key is in use.
  caf::replies_to<atom::create_atom, new_job>::with<job_accepted>,
  // Opens an upload for the items of a job, which has none of its own.
  // `ec::invalid_job`, `ec::invalid_option`, `ec::storage_full`.
  caf::replies_to<atom::upload_atom, new_job>::with<upload_actor>,
  // The job with an id; none if there is none.
  caf::replies_to<atom::find_atom, std::string>::with<caf::optional<job_info>>,
  // A page of jobs. `ec::invalid_request`.
  caf::replies_to<atom::list_atom, job_query>::with<job_page>,
  // Cancels a job; true: without waiting for what is being worked on. The
  // answer of this and the next three is the job as it is then.
  // `ec::no_such_job`, `ec::conflict` if the state of the job forbids it.
  caf::replies_to<atom::cancel_atom, std::string, bool>::with<job_info>,
  caf::replies_to<atom::pause_atom, std::string>::with<job_info>,
  caf::replies_to<atom::resume_atom, std::string>::with<job_info>,
  // Also `ec::invalid_request`.
  caf::replies_to<atom::change_atom, std::string, job_change>::with<job_info>,
  // Makes a new job of the items that have failed and that nobody has tried
  // again. `ec::no_such_job`, `ec::conflict` if it has not ended, or has none.
  caf::replies_to<atom::retry_atom, std::string>::with<job_accepted>,
  // Removes a job that has ended. `ec::no_such_job`, `ec::conflict`.
  caf::replies_to<atom::erase_atom, std::string>::with<void>,
  caf::replies_to<atom::stats_atom>::with<service_stats>,
  // Everything of a namespace that is asked for. `ec::invalid_request`.
  caf::replies_to<atom::export_atom, export_query>::with<block_source_actor>,
  // NDJSON, a line for each item that is done by now, in input order.
  // `ec::no_such_job`.
  caf::replies_to<atom::results_atom, std::string>::with<block_source_actor>,
  // NDJSON, a line for each item that failed for good. `ec::no_such_job`.
  caf::replies_to<atom::errors_atom, std::string>::with<block_source_actor>,
  // The thing with this ns and id; none if there is none.
  caf::replies_to<atom::find_atom, std::string,
                  std::string>::with<caf::optional<thing_text>>,
  // Upserts the thing that a JSON text is. `ec::invalid_item`,
  // `ec::invalid_json`, `ec::item_too_large`, `ec::storage_full`.
  caf::replies_to<atom::put_atom, std::string>::with<void>,
  // Removes a thing: its ns and id. `ec::no_such_thing`.
  caf::replies_to<atom::erase_atom, std::string, std::string>::with<void>,
  // A page of dead letters, oldest job first. `ec::invalid_request`,
  // `ec::no_such_job`.
  caf::replies_to<atom::letters_atom, letter_query>::with<letter_page>,
  // Tries dead letters again. `ec::invalid_request`, `ec::no_such_job`;
  // `ec::conflict` if they are of several types, or being changed elsewhere.
  caf::replies_to<atom::replay_atom, letter_replay>::with<letters_replayed>,
  // Removes dead letters and answers how many. As `replay`.
  caf::replies_to<atom::purge_atom, letter_query>::with<uint64_t>,
  // Tells a listener of a job: at once, whenever it has come on, and last when
  // it has ended. `ec::no_such_job`.
  caf::replies_to<atom::subscribe_atom, std::string,
                  job_listener_actor>::with<void>,
  // Takes a worker for a job type of one's own, which becomes known by it:
  // jobs of the type can be submitted, and their chunks go to this worker, up
  // to so many at one time. It is one worker more if there are others; it goes
  // when it ends, or its connection. `ec::invalid_request` if the type cannot
  // have this name, or the number is not 1 to 1,000.
  caf::replies_to<atom::enlist_atom, std::string, foreign_worker_actor,
                  uint32_t>::with<void>,
  // INTERNAL: Lets a node join: what it says of itself, and its actor.
  caf::replies_to<atom::join_atom, std::string,
                  caf::actor>::with<std::string, caf::actor, caf::actor>>;

} // namespace batch

CAF_ADD_TYPE_ID(batch_api, (batch::foreign_item))
CAF_ADD_TYPE_ID(batch_api, (batch::foreign_result))
CAF_ADD_TYPE_ID(batch_api, (batch::foreign_work))
CAF_ADD_TYPE_ID(batch_api, (batch::foreign_worker_actor))
CAF_ADD_TYPE_ID(batch_api, (batch::new_job))
CAF_ADD_TYPE_ID(batch_api, (batch::job_accepted))
CAF_ADD_TYPE_ID(batch_api, (batch::job_info))
CAF_ADD_TYPE_ID(batch_api, (caf::optional<batch::job_info>))
CAF_ADD_TYPE_ID(batch_api, (batch::job_query))
CAF_ADD_TYPE_ID(batch_api, (batch::job_page))
CAF_ADD_TYPE_ID(batch_api, (batch::job_change))
CAF_ADD_TYPE_ID(batch_api, (batch::job_event))
CAF_ADD_TYPE_ID(batch_api, (caf::optional<batch::thing_text>))
CAF_ADD_TYPE_ID(batch_api, (batch::export_query))
CAF_ADD_TYPE_ID(batch_api, (batch::byte_block))
CAF_ADD_TYPE_ID(batch_api, (batch::letter_query))
CAF_ADD_TYPE_ID(batch_api, (batch::letter_page))
CAF_ADD_TYPE_ID(batch_api, (batch::letter_replay))
CAF_ADD_TYPE_ID(batch_api, (batch::letters_replayed))
CAF_ADD_TYPE_ID(batch_api, (batch::service_stats))
CAF_ADD_TYPE_ID(batch_api, (batch::upload_actor))
CAF_ADD_TYPE_ID(batch_api, (batch::block_source_actor))
CAF_ADD_TYPE_ID(batch_api, (batch::job_listener_actor))
CAF_ADD_TYPE_ID(batch_api, (batch::service_actor))
CAF_ADD_TYPE_ID(batch_api, (std::vector<batch::foreign_result>))

CAF_END_TYPE_ID_BLOCK(batch_api)
