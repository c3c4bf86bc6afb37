// What goes to and comes from the service, as plain structs. Public: installed
// as <batch/messages.hpp>.
//
// Every struct can be sent between processes, field by field in the order in
// which they stand here: both ends must be of the same version.
#pragma once

#include <batch/error_code.hpp>
#include <batch/job_state.hpp>

#include <caf/all.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace batch {

/// Bytes that one call brings at most: the texts of a job's items, or a block
/// of an upload; and bytes of a block that the service sends. Source: larger
/// messages are slower, and keep heartbeats waiting.
inline constexpr size_t rpc_bytes_max = 1 << 20;

// -- errors -------------------------------------------------------------------

/// The category of all errors of the service.
inline constexpr auto error_category = caf::atom("batch");

/// An error of the service: a code to act on, a sentence to read, and where in
/// a JSON document (RFC 6901), if it is about one place of one. It compares
/// with its code: `why == batch::ec::no_such_job`.
caf::error make_error(ec code, std::string message = {},
                      std::string pointer = {});

/// The code of an error of the service. For one of CAF's own (a time limit, a
/// lost connection): `ec::overloaded`, `ec::shutting_down` or `ec::internal`.
ec code_of(const caf::error& why);

/// The sentence of an error, whoever made it.
std::string message_of(const caf::error& why);

// -- jobs ---------------------------------------------------------------------

/// A job to be made.
struct new_job {
  /// "import-things", "import-relationships", "generate-embeddings",
  /// "export-things" or "transform-data".
  std::string type;
  /// The JSON text of each item; one that is not JSON refuses the whole job.
  std::vector<std::string> items;
  /// More items as NDJSON, behind `items`; a line that is not JSON fails alone.
  std::string lines;
  /// JSON objects as in the HTTP interface; empty if absent. `{"ns":"…"}` as
  /// input takes the things of a namespace for items.
  std::string input;
  std::string options;
  /// Refuses options that this version does not know; otherwise the answer
  /// warns of them.
  bool strict = false;
  /// The same key and the same job answer the job that was made first; empty:
  /// none. Remembered for 24 hours.
  std::string idempotency_key;
};

/// A job was accepted: it will be done, whatever happens to the process.
struct job_accepted {
  /// As `job_info::id`.
  std::string id;
  /// One sentence for each option that this version does not know.
  std::vector<std::string> warnings;
  /// The job was accepted before, under the same key.
  bool replayed = false;
};

/// An item that failed for good.
struct item_error {
  /// From 0, in input order.
  uint32_t index = 0;
  ec code = ec::internal;
  std::string message;
  uint32_t attempts = 0;
};

/// A job as it is now.
struct job_info {
  /// A UUID, e.g. "018f4e2a-7c3d-7b1e-9a55-0242ac120002".
  std::string id;
  std::string type;
  job_status status = job_status::pending;
  job_state state = job_state::queued;
  /// Items; those that succeeded, that failed for good, that failed and will be
  /// tried again, and that a cancelled job has left undone.
  uint32_t total = 0;
  uint32_t processed = 0;
  uint32_t failed = 0;
  uint32_t retrying = 0;
  uint32_t not_started = 0;
  /// Why it is paused or was cancelled, if nobody ordered it.
  std::string reason;
  /// True between the order to cancel and the end.
  bool cancelling = false;
  /// As submitted, or as changed since.
  int32_t priority = 0;
  /// Chunks being worked on at one time; 0 sets no bound.
  uint32_t concurrency = 0;
  /// As submitted; empty if absent.
  std::string input;
  std::string options;
  /// The begin of the epoch stands for "not yet".
  caf::timestamp created_at;
  caf::timestamp started_at;
  caf::timestamp updated_at;
  caf::timestamp finished_at;
  /// The first 100, in input order; not in lists, and of the events only in
  /// the last one.
  std::vector<item_error> errors;

  uint32_t done() const { return processed + failed; }
  bool has_ended() const { return batch::has_ended(status); }
};

/// Which jobs a list shows: those that have all that is given.
struct job_query {
  caf::optional<job_status> status;
  caf::optional<job_state> state;
  /// Empty: all types.
  std::string type;
  std::map<std::string, std::string> labels;
  /// 1 to 500.
  uint32_t limit = 100;
  /// `job_page::next_cursor` of the page before.
  std::string cursor;
};

/// Jobs, newest first.
struct job_page {
  std::vector<job_info> jobs;
  /// Empty if this was the last page. A page may hold fewer jobs than asked
  /// for, even none, and still have a next one.
  std::string next_cursor;
};

/// What of an open job is to be different from now on.
struct job_change {
  /// -10 to 10.
  caf::optional<int32_t> priority;
  /// 1 to 1000.
  caf::optional<uint32_t> concurrency;
};

/// What has become of a job.
struct job_event {
  job_info job;
  /// The job has ended, or is not kept any more: nothing comes behind it.
  bool last = false;
};

// -- what is stored -----------------------------------------------------------

/// A stored thing.
struct thing_text {
  /// As it was sent.
  std::string json;
};

/// What an export is to bring.
struct export_query {
  std::string ns;
  /// "json", "ndjson" or "csv".
  std::string format = "ndjson";
  /// "things", "relationships" or "embeddings"; empty: things, then
  /// relationships.
  std::string kind;
  /// Only records of this type; only those whose id begins so. Empty: all.
  std::string type;
  std::string prefix;
  /// Only these fields, e.g. "id,data.price"; empty: the records as they are.
  std::string fields;
  /// Only what stands behind this record: "things/p1"; empty: from the begin.
  std::string cursor;
  /// 0: no limit.
  uint64_t limit = 0;
  /// CSV only: guards spreadsheets against formulas.
  bool escape_formulas = false;
};

/// The next part of an export, or of the results or errors of a job.
struct byte_block {
  /// At most `rpc_bytes_max`; may begin and end inside of a line.
  std::string bytes;
  /// Nothing comes behind it.
  bool last = false;
};

// -- dead letters -------------------------------------------------------------

/// Which dead letters are meant: those that have all that is given.
struct letter_query {
  std::string job;
  std::string type;
  std::string ns;
  caf::optional<ec> code;
  /// Failed at this time or later; before this time.
  caf::optional<caf::timestamp> after;
  caf::optional<caf::timestamp> before;
  /// One of these, up to 1,000; empty: any.
  std::vector<std::string> ids;
  /// Of a list: 1 to 500 letters, behind those of the page before.
  uint32_t limit = 100;
  std::string cursor;
};

/// An item that failed for good and that nobody has tried again or purged.
struct letter_info {
  /// The id of its job, '.', and the index of its item.
  std::string id;
  std::string type;
  std::string ns;
  ec code = ec::internal;
  std::string message;
  uint32_t attempts = 0;
  caf::timestamp failed_at;
  /// The item as it was sent; for an item too large to keep, its begin.
  std::string payload;
};

struct letter_page {
  std::vector<letter_info> letters;
  /// As `job_page::next_cursor`.
  std::string next_cursor;
};

/// Dead letters that are to be tried again as items of a new job.
struct letter_replay {
  /// Must name something; limit and cursor do not count.
  letter_query letters;
  /// JSON Merge Patch (RFC 7396) for each payload; empty: none.
  std::string patch;
  /// `options` of the new job; empty: those that the letters' job had.
  std::string options;
  /// Only counts.
  bool dry_run = false;
};

struct letters_replayed {
  /// Empty if it was a dry run, or if there were no such letters.
  std::string job;
  uint64_t count = 0;
};

// -- statistics ---------------------------------------------------------------

struct type_stats {
  uint64_t jobs = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t items_processed = 0;
  uint64_t items_failed = 0;
};

/// Counts of what is kept, as of the last commit.
struct service_stats {
  uint64_t total = 0;
  uint64_t pending = 0;
  uint64_t processing = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t items = 0;
  uint64_t dead_letters = 0;
  std::map<std::string, type_stats> by_type;

  /// Of the jobs that have ended, how many percent completed; 0 if none ended.
  double success_percent() const {
    auto ended = static_cast<double>(completed + failed);
    return ended > 0 ? 100.0 * static_cast<double>(completed) / ended : 0.0;
  }
};

// -- how CAF sends them -------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, new_job& x) {
  return f(caf::meta::type_name("batch::new_job"), x.type, x.items, x.lines,
           x.input, x.options, x.strict, x.idempotency_key);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_accepted& x) {
  return f(caf::meta::type_name("batch::job_accepted"), x.id, x.warnings,
           x.replayed);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, item_error& x) {
  return f(caf::meta::type_name("batch::item_error"), x.index, x.code,
           x.message, x.attempts);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_info& x) {
  return f(caf::meta::type_name("batch::job_info"), x.id, x.type, x.status,
           x.state, x.total, x.processed, x.failed, x.retrying, x.not_started,
           x.reason, x.cancelling, x.priority, x.concurrency, x.input,
           x.options, x.created_at, x.started_at, x.updated_at, x.finished_at,
           x.errors);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_query& x) {
  return f(caf::meta::type_name("batch::job_query"), x.status, x.state, x.type,
           x.labels, x.limit, x.cursor);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_page& x) {
  return f(caf::meta::type_name("batch::job_page"), x.jobs, x.next_cursor);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_change& x) {
  return f(caf::meta::type_name("batch::job_change"), x.priority,
           x.concurrency);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, job_event& x) {
  return f(caf::meta::type_name("batch::job_event"), x.job, x.last);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, thing_text& x) {
  return f(caf::meta::type_name("batch::thing_text"), x.json);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, export_query& x) {
  return f(caf::meta::type_name("batch::export_query"), x.ns, x.format, x.kind,
           x.type, x.prefix, x.fields, x.cursor, x.limit, x.escape_formulas);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, byte_block& x) {
  return f(caf::meta::type_name("batch::byte_block"), x.bytes, x.last);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, letter_query& x) {
  return f(caf::meta::type_name("batch::letter_query"), x.job, x.type, x.ns,
           x.code, x.after, x.before, x.ids, x.limit, x.cursor);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, letter_info& x) {
  return f(caf::meta::type_name("batch::letter_info"), x.id, x.type, x.ns,
           x.code, x.message, x.attempts, x.failed_at, x.payload);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, letter_page& x) {
  return f(caf::meta::type_name("batch::letter_page"), x.letters,
           x.next_cursor);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, letter_replay& x) {
  return f(caf::meta::type_name("batch::letter_replay"), x.letters, x.patch,
           x.options, x.dry_run);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, letters_replayed& x) {
  return f(caf::meta::type_name("batch::letters_replayed"), x.job, x.count);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, type_stats& x) {
  return f(caf::meta::type_name("batch::type_stats"), x.jobs, x.completed,
           x.failed, x.items_processed, x.items_failed);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, service_stats& x) {
  return f(caf::meta::type_name("batch::service_stats"), x.total, x.pending,
           x.processing, x.completed, x.failed, x.items, x.dead_letters,
           x.by_type);
}

} // namespace batch
