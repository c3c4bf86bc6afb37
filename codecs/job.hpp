// What the service keeps of a job, besides its items.
#pragma once

#include "codecs/attempt.hpp"
#include "codecs/error.hpp"
#include "codecs/ids.hpp"
#include "codecs/job_kind.hpp"
#include "codecs/time.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace batch {

/// What was submitted; written once, when the job is accepted.
struct job_spec {
  static constexpr uint8_t record_version = 2;

  /// Numbers grow by one with each job; keys on disk are built from them.
  uint64_t number = 0;
  job_id id;
  job_kind type;
  uint32_t total = 0;
  uint32_t chunks = 0;
  time_ms created_at = 0;
  /// JSON text of `options` and `input` as submitted; empty if absent.
  std::string options;
  std::string input;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.number, x.id.bytes, x.type, x.total, x.chunks, x.created_at,
          x.options, x.input);
  }
};

/// What was ordered of a job after its acceptance; kept while it is open.
struct job_control {
  static constexpr uint8_t record_version = 1;

  bool paused = false;
  /// Nothing more is begun; the job ends when nothing is being worked on.
  bool cancelled = false;
  /// The jobs that had to complete first have done so.
  bool released = false;
  /// As `job_options`; at first what was submitted.
  int32_t priority = 0;
  uint32_t concurrency = 0;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.paused, x.cancelled, x.released, x.priority, x.concurrency);
  }
};

/// How far a job is; written with each of its chunks.
struct job_progress {
  static constexpr uint8_t record_version = 2;

  job_status status = job_status::pending;
  job_state state = job_state::queued;
  uint32_t processed = 0;
  uint32_t failed = 0;
  uint32_t not_started = 0;
  /// Items that have failed and wait for another try.
  uint32_t retrying = 0;
  time_ms started_at = 0;
  time_ms updated_at = 0;
  time_ms finished_at = 0;
  /// Why the job is paused or was cancelled, if nobody ordered it.
  std::string reason;

  uint32_t done() const { return processed + failed; }

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.status, x.state, x.processed, x.failed, x.not_started, x.retrying,
          x.started_at, x.updated_at, x.finished_at, x.reason);
  }
};

/// Says that the effects of a chunk are in the store, all but those of its
/// pending items, which have a record of their own each.
struct chunk_mark {
  static constexpr uint8_t record_version = 1;

  uint32_t processed = 0;
  uint32_t failed = 0;
  uint32_t pending = 0;
  /// Times the chunk was worked on so far, from 1.
  uint16_t rounds = 0;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.processed, x.failed, x.pending, x.rounds);
  }
};

/// An item of a marked chunk that is still to be done: it failed and will be
/// tried again, its worker was lost, or it was left over.
struct pending_item {
  static constexpr uint8_t record_version = 2;

  attempt_list attempts;
  /// Attempts that count against `maxRetries`.
  uint16_t tries = 0;
  /// Workers that were lost over a piece with this item.
  uint16_t losses = 0;
  /// Items of the same piece are worked on together. 0 at first; a suspicious
  /// piece is split, and each half gets a number of its own.
  uint32_t piece = 0;

  bool has_failed() const { return attempts.count > 0; }

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.attempts, x.tries, x.losses, x.piece);
  }
};

/// A vector of one thing's text, and where it comes from.
struct embedding {
  static constexpr uint8_t record_version = 1;

  std::string model;
  /// "sha256:" and the digits of the text it was made from.
  std::string text_hash;
  time_ms created_at = 0;
  std::vector<float> vector;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.model, x.text_hash, x.created_at, x.vector);
  }
};

/// The model that the vectors of a namespace are of. Vectors of another one
/// are told apart by their own records.
struct namespace_model {
  static constexpr uint8_t record_version = 1;

  std::string model;
  uint32_t dimensions = 0;
  time_ms since = 0;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.model, x.dimensions, x.since);
  }
};

/// What is remembered of a job that was deleted.
struct tombstone_record {
  static constexpr uint8_t record_version = 1;

  time_ms expires_at = 0;
  /// As it had ended: jobs may still wait for it.
  job_status status = job_status::completed;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.expires_at, x.status);
  }
};

/// What a submission with an `Idempotency-Key` has led to.
struct idempotency_record {
  static constexpr uint8_t record_version = 1;

  /// SHA-256 of what was sent, in hexadecimal digits.
  std::string fingerprint;
  job_id id;
  time_ms expires_at = 0;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.fingerprint, x.id.bytes, x.expires_at);
  }
};

/// Counts of jobs and items of one type.
struct type_counters {
  uint64_t jobs = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t items_processed = 0;
  uint64_t items_failed = 0;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.jobs, x.completed, x.failed, x.items_processed, x.items_failed);
  }
};

/// The statistics, as absolute values that one writer maintains.
struct service_counters {
  static constexpr uint8_t record_version = 3;

  /// The number that the next job gets.
  uint64_t next_job = 1;
  /// Jobs by status, in the order of `job_statuses`.
  std::array<uint64_t, job_status_count> jobs{};
  uint64_t items = 0;
  /// Dead letters that were neither replayed nor purged.
  uint64_t dead_letters = 0;
  /// Items of ended jobs that are still kept.
  uint64_t kept_items = 0;
  /// In the order of `counted_types`.
  std::array<type_counters, counted_types.size()> by_type{};

  uint64_t& of(job_status s) { return jobs[static_cast<size_t>(s) - 1]; }
  uint64_t of(job_status s) const { return jobs[static_cast<size_t>(s) - 1]; }
  type_counters& of(job_type t) { return by_type[static_cast<size_t>(t) - 1]; }
  const type_counters& of(job_type t) const {
    return by_type[static_cast<size_t>(t) - 1];
  }

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.next_job, x.jobs, x.items, x.dead_letters, x.kept_items, x.by_type);
  }
};

} // namespace batch
