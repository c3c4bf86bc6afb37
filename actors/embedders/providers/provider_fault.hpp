// What an answer that is no success means.
#pragma once

#include "actors/embedders/providers/provider_transport.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace batch {

struct provider_fault {
  enum class kind {
    /// The provider asks for patience, or cannot be reached at all: the gate
    /// closes, and no text is to blame.
    throttled,
    /// It may go well the next time.
    passing,
    /// It will not go well with these texts. With several of them, one may be
    /// to blame, or their number.
    refused,
    /// It will not go well with any text until somebody mends something.
    blocked,
  };

  kind what = kind::passing;
  /// For people; without keys.
  std::string message;
  /// What the provider itself said of it.
  std::string told = {};
  /// With `throttled`, if the provider has said so.
  std::optional<std::chrono::milliseconds> retry_after = {};
  /// The call was too large in bytes or tokens (413, some 429).
  bool is_too_long = false;
  /// It ran out of time.
  bool is_late = false;
};

using fault_kind = provider_fault::kind;

/// @param answer one whose status is not 200.
/// @param now what a date in `Retry-After` counts from.
provider_fault fault_of(const provider_spec& spec,
                        const provider_answer& answer,
                        std::chrono::system_clock::time_point now);

provider_fault fault_of(const provider_trouble& trouble);

/// How many texts a provider takes at one time, if its message seems to say
/// so, e.g. "batch size 64 > maximum allowed batch size 32".
/// @param texts how many there were.
/// @returns 0, or a number below `texts`.
size_t inputs_max_of(std::string_view message, size_t texts);

} // namespace batch
