// How a client command ends: its exit status and what it tells on the way out.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace batch::cli {

/// The exit status of the program. Scripts test these: never renumber.
enum class exit_status : int {
  /// What was asked for is done.
  done = 0,
  /// The job ended failed, or the server refused the call.
  failed = 1,
  /// The command line is wrong, or names something that cannot be read.
  wrong_usage = 2,
  /// Nothing answers at the URL.
  no_server = 3,
};

/// Why a command ends early.
struct failure {
  exit_status status = exit_status::failed;
  /// One or more lines for the terminal, already free of control characters;
  /// says what, where and what would be right. Empty: nothing is to be said.
  std::string message;
  /// The same call may succeed a little later.
  bool may_pass = false;
};

template <class T>
using outcome = tl::expected<T, failure>;

inline tl::unexpected<failure> fail(exit_status status, std::string message) {
  return tl::unexpected<failure>{failure{status, std::move(message)}};
}

template <class T>
tl::unexpected<failure> fail(outcome<T>& failed) {
  return tl::unexpected<failure>{std::move(failed).error()};
}

/// A value of the command line is wrong.
inline tl::unexpected<failure> wrong_usage(std::string message) {
  return fail(exit_status::wrong_usage, std::move(message));
}

} // namespace batch::cli
