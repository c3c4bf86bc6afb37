// What the actors say to each other: atoms, payloads and errors. What they say
// to the outside is in <batch/interface.hpp>.
#pragma once

#include "actors/cluster/store_calls.hpp"
#include "actors/commit_unit.hpp"
#include "actors/dispatch_table.hpp"
#include "actors/job_machine.hpp"
#include "actors/queries/search_request.hpp"
#include "actors/vector_claims.hpp"
#include "actors/wire.hpp"
#include "actors/work.hpp"

#include <batch/interface.hpp>

namespace batch {

/// What an upload brings. Of those that change dead letters, one at most is
/// open at a time.
enum class upload_kind : uint8_t {
  /// Items of a new job.
  items = 1,
  /// Dead letters that become items of a new job, and are claimed by it.
  letters = 2,
  /// Changes of dead letters, and no job.
  ticket = 3,
};

/// Asks to open a job: everything of it but its items.
struct job_request {
  job_kind type;
  /// JSON texts as submitted; empty if absent.
  std::string options;
  std::string input;
  upload_kind kind = upload_kind::items;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.type, x.options, x.input, x.kind);
  }
};

/// The answer to a `job_request`: items may now be appended.
struct job_ticket {
  uint64_t number = 0;
  uint32_t chunk_items = 0;
  std::vector<std::string> warnings;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.number, x.chunk_items, x.warnings);
  }
};

/// Ends the appending.
struct job_closing {
  uint64_t number = 0;
  /// What the job is, if not all of that was known when it was opened; of the
  /// same type and with chunks of the same size. Nothing: as it was opened.
  std::optional<job_request> description = {};
  uint32_t total = 0;
  uint32_t chunks = 0;
  /// The chunk records that were not appended, and what they change.
  write_batch rest;
  counter_changes counters = {};
  /// The `Idempotency-Key`, empty if there is none, and SHA-256 of what was
  /// sent under it.
  std::string key;
  std::string fingerprint;
};

/// The answer to a `job_closing`: the job will be done.
struct job_acceptance {
  job_id id;
  /// The job was accepted before, under the same key; this upload was dropped.
  bool replayed = false;

  static constexpr uint8_t record_version = 1;
  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.id.bytes, x.replayed);
  }
};

/// Pieces of a job that may be worked on now.
struct work_offer {
  job_context_ptr job;
  int32_t priority = 0;
  std::vector<chunk_ref> pieces;
};

/// One slot of somebody else: takes pieces of one type, up to `credit` at a
/// time.
struct slot_offer {
  job_type type = job_type::import_things;
  /// The name of the type, if it is `job_type::custom`.
  std::string custom;
  /// E.g. "embed-2", and where it is; attempts of items name both.
  std::string title;
  std::string node;
  size_t credit = 1;
};

/// What a node has to do and has done since the service began.
struct node_load {
  /// Granted, and not yet back.
  uint32_t pieces = 0;
  uint64_t items = 0;
};
using node_loads = std::map<std::string, node_load>;

/// What shared pointers carry moves between local actors without a copy.
using grant_ptr = std::shared_ptr<const grant>;
using offer_ptr = std::shared_ptr<const work_offer>;
using order_ptr = std::shared_ptr<const job_order>;
using job_request_ptr = std::shared_ptr<const job_request>;
using job_closing_ptr = std::shared_ptr<const job_closing>;
using error_ptr = std::shared_ptr<const error>;
using claim_ptr = std::shared_ptr<const vector_claim>;

// What crosses nodes, besides the calls of a store. See actors/wire.hpp.
std::string to_wire(const job_id& x);
expected<void> from_wire(std::string_view bytes, job_id& x);
std::string to_wire(const job_request& x);
expected<void> from_wire(std::string_view bytes, job_request& x);
std::string to_wire(const job_ticket& x);
expected<void> from_wire(std::string_view bytes, job_ticket& x);
std::string to_wire(const job_closing& x);
expected<void> from_wire(std::string_view bytes, job_closing& x);
std::string to_wire(const job_acceptance& x);
expected<void> from_wire(std::string_view bytes, job_acceptance& x);
std::string to_wire(const job_order& x);
expected<void> from_wire(std::string_view bytes, job_order& x);
/// Only what an upload may say of a block: what it changes, the counters, and
/// whether it must be durable.
std::string to_wire(const commit_unit& x);
expected<void> from_wire(std::string_view bytes, commit_unit& x);

/// Our errors as CAF carries them, and back. An error of CAF's own (a lost
/// actor, a time limit) becomes `ec::internal` or `ec::overloaded`.
caf::error to_caf(const error& x);
error from_caf(const caf::error& x);

/// An answer to come that holds no value, only "done" or an error.
using done_promise = caf::typed_response_promise<void>;

/// Answers "done"; CAF's typed promise of void has no call for it.
inline void fulfil(done_promise& done) {
  static_cast<caf::response_promise&>(done).deliver(caf::unit);
}

/// An expected as the result of a message handler.
template <class T>
caf::result<T> to_result(expected<T> x) {
  if (!x)
    return to_caf(x.error());
  return std::move(*x);
}

} // namespace batch

CAF_BEGIN_TYPE_ID_BLOCK(batch, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(batch, (batch::commit_unit_ptr))
CAF_ADD_TYPE_ID(batch, (batch::found_rows_ptr))
CAF_ADD_TYPE_ID(batch, (batch::job_acceptance))
CAF_ADD_TYPE_ID(batch, (batch::job_closing_ptr))
CAF_ADD_TYPE_ID(batch, (batch::job_id))
CAF_ADD_TYPE_ID(batch, (batch::job_request_ptr))
CAF_ADD_TYPE_ID(batch, (batch::job_ticket))
CAF_ADD_TYPE_ID(batch, (batch::order_ptr))
CAF_ADD_TYPE_ID(batch, (batch::page_ptr))
CAF_ADD_TYPE_ID(batch, (batch::rows_request_ptr))
CAF_ADD_TYPE_ID(batch, (batch::scan_request_ptr))
CAF_ADD_TYPE_ID(batch, (batch::search_answer_ptr))
CAF_ADD_TYPE_ID(batch, (batch::search_request_ptr))
CAF_ADD_TYPE_ID(batch, (batch::store_status))

CAF_ADD_ATOM(batch, batch::atom, admit_atom, "admit")
CAF_ADD_ATOM(batch, batch::atom, begun_atom, "begun")
CAF_ADD_ATOM(batch, batch::atom, call_atom, "call")
CAF_ADD_ATOM(batch, batch::atom, claim_atom, "claim")
CAF_ADD_ATOM(batch, batch::atom, commit_atom, "commit")
CAF_ADD_ATOM(batch, batch::atom, done_atom, "done")
CAF_ADD_ATOM(batch, batch::atom, flush_atom, "flush")
CAF_ADD_ATOM(batch, batch::atom, get_atom, "get")
CAF_ADD_ATOM(batch, batch::atom, load_atom, "load")
CAF_ADD_ATOM(batch, batch::atom, lost_atom, "lost")
CAF_ADD_ATOM(batch, batch::atom, offer_atom, "offer")
CAF_ADD_ATOM(batch, batch::atom, open_atom, "open")
CAF_ADD_ATOM(batch, batch::atom, order_atom, "order")
CAF_ADD_ATOM(batch, batch::atom, recall_atom, "recall")
CAF_ADD_ATOM(batch, batch::atom, release_atom, "release")
CAF_ADD_ATOM(batch, batch::atom, renew_atom, "renew")
CAF_ADD_ATOM(batch, batch::atom, restart_atom, "restart")
CAF_ADD_ATOM(batch, batch::atom, retire_atom, "retire")
CAF_ADD_ATOM(batch, batch::atom, returned_atom, "returned")
CAF_ADD_ATOM(batch, batch::atom, scan_atom, "scan")
CAF_ADD_ATOM(batch, batch::atom, search_atom, "search")
CAF_ADD_ATOM(batch, batch::atom, set_atom, "set")
CAF_ADD_ATOM(batch, batch::atom, snapshot_atom, "snapshot")
CAF_ADD_ATOM(batch, batch::atom, status_atom, "status")
CAF_ADD_ATOM(batch, batch::atom, stop_atom, "stop")
CAF_ADD_ATOM(batch, batch::atom, stray_atom, "stray")
CAF_ADD_ATOM(batch, batch::atom, sync_atom, "sync")
CAF_ADD_ATOM(batch, batch::atom, tick_atom, "tick")
CAF_ADD_ATOM(batch, batch::atom, wake_atom, "wake")
CAF_ADD_ATOM(batch, batch::atom, withdraw_atom, "withdraw")

CAF_END_TYPE_ID_BLOCK(batch)

// These never leave the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::claim_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::error_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::grant_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::job_context_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::outcome_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::offer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::chunk_ref)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<batch::slot_offer>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch::node_loads)
