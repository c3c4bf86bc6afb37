// What can go wrong, in one list, and the type that carries it.
//
// Every function of the project that can fail answers `expected<T>`. An error
// is passed on or acted on, never dropped. What callers can cause is an `ec`
// (batch/error_code.hpp); what only we can cause is an `assert`.
#pragma once

#include <batch/error_code.hpp>

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace batch {

/// What a failure of an item means for its next try.
enum class failure_class {
  /// The same item may succeed later without anybody mending it.
  transient,
  /// As transient; whoever refused said when to come again.
  throttled,
  /// It will fail again until somebody mends it.
  permanent,
  /// Every item would fail until somebody mends what is outside of them: the
  /// job is paused, and none of them has.
  blocked,
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
