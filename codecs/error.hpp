// What can go wrong, in one list, and the type that carries it.
//
// Every function of the project that can fail answers `expected<T>`. An error
// is passed on or acted on, never dropped. What callers can cause is an `ec`;
// what only we can cause is an `assert`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

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
  /// An item has more bytes than `item_bytes_max`.
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
  /// No node of the cluster has this name.
  no_such_node = 38,
};

/// The stable name of a code, in snake_case, as it is answered over HTTP.
std::string_view to_string(ec code);

/// The code of a name, for reading what was written by `to_string`;
/// `ec::internal` for names that this version does not know.
ec error_code_of(std::string_view name);

/// What a failure of an item means for its next try.
enum class failure_class {
  /// The same item may succeed later without anybody mending it.
  transient,
  /// As transient; whoever refused said when to come again.
  throttled,
  /// It will fail again until somebody mends it.
  permanent,
};

failure_class class_of(ec code);

/// An error: the code to act on and a sentence to read.
struct error {
  ec code = ec::internal;
  /// What happened, where, and what would be right. No final full stop is
  /// required; never empty.
  std::string message;
  /// Where in a JSON document (RFC 6901), e.g. "/options/priority"; empty if
  /// the error is not about one place of one.
  std::string pointer = {};

  bool operator==(const error&) const = default;
};

template <class T>
using expected = tl::expected<T, error>;

/// Makes the failure side of an `expected`.
inline tl::unexpected<error> fail(ec code, std::string message,
                                  std::string pointer = {}) {
  return tl::unexpected<error>{
    error{code, std::move(message), std::move(pointer)}};
}

/// Passes on the error of another `expected`.
template <class T>
tl::unexpected<error> fail(expected<T>& failed) {
  return tl::unexpected<error>{std::move(failed).error()};
}

} // namespace batch
