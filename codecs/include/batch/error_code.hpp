// What can go wrong, in one list. Public: installed as <batch/error_code.hpp>.
#pragma once

#include <cstdint>
#include <string_view>

namespace batch {

/// What a caller can react to: a new code only if some caller would act
/// differently. Values are stored on disk and sent between nodes: append,
/// never renumber.
enum class ec : uint8_t {
  /// The request itself is malformed: query, header, path.
  invalid_request = 1,
  /// The body is not JSON (RFC 8259).
  invalid_json = 2,
  /// The submitted document is not a valid job.
  invalid_job = 3,
  /// A member of `options` has a wrong type or is out of range.
  invalid_option = 4,
  /// An item is not what its job type takes.
  invalid_item = 5,
  /// An item has more bytes than `item_bytes_max`, or its text more than can
  /// be embedded.
  item_too_large = 6,
  /// No job has this id.
  no_such_job = 7,
  /// No thing has this ns and id.
  no_such_thing = 8,
  /// The thing has no embedding.
  no_such_embedding = 9,
  /// An end of a relationship does not exist (`onMissingEndpoint: fail`).
  no_such_endpoint = 10,
  /// The thing has no text that could be embedded.
  no_text = 11,
  /// A step of a transform cannot be applied to this item.
  transform_failed = 12,
  /// The chunk took longer than `timeoutMs`.
  timed_out = 13,
  /// The worker that held the chunk is gone.
  worker_lost = 14,
  /// The item ended its worker again and again.
  poison = 15,
  /// A defect of ours, caught before it could spread.
  internal = 16,
  /// The store refused a read or a write.
  storage_failure = 17,
  /// The disk is full, or nearly so.
  storage_full = 18,
  /// The data folder belongs to a newer version or to another program.
  storage_foreign = 19,
  /// The data folder is in use by another process.
  storage_locked = 20,
  /// Stored bytes are not what was written.
  storage_corrupt = 21,
  /// More was asked for than can be taken now; try again later.
  overloaded = 22,
  /// The service is ending.
  shutting_down = 23,
  /// The state of the job, thing or key forbids it.
  conflict = 24,
  /// No route has this path.
  no_such_route = 25,
  /// The path exists, the method does not.
  method_not_allowed = 26,
  /// The body is of a media type that is not taken here.
  unsupported_media_type = 27,
  /// The body has more bytes than are taken.
  body_too_large = 28,
  /// A token is missing or wrong.
  unauthorized = 29,
  /// A snapshot was given up because it became too old.
  snapshot_gone = 30,
  /// An `Idempotency-Key` was used before with another body.
  idempotency_mismatch = 31,
  /// The provider asks for patience: tried again later, at no attempt's cost.
  throttled = 32,
  /// A message of the system itself that nobody took.
  undeliverable = 33,
  /// The job was deleted.
  job_gone = 34,
  /// No dead letter has this id.
  no_such_dead_letter = 35,
  /// This process has no link to the coordinator, or lost it meanwhile.
  coordinator_unreachable = 36,
  /// The worker refused the item: it would do so again.
  rejected = 37,
  /// No node of the cluster has this name.
  no_such_node = 38,
  /// The worker could not do the item just now.
  unavailable = 39,
  /// The provider refuses whatever it is asked until somebody mends its key,
  /// model or quota.
  provider_refused = 40,
};

/// The stable name of a code, in snake_case, as it is answered over HTTP.
std::string_view to_string(ec code);

/// The code of a name, for reading what was written by `to_string`;
/// `ec::internal` for names that this version does not know.
ec error_code_of(std::string_view name);

} // namespace batch
