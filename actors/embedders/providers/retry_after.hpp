// When a provider wants to be asked again.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace batch {

/// Reads the value of a `Retry-After` (RFC 9110, 10.2.3): seconds, which some
/// providers give a fraction, or a date, "Sun, 06 Nov 1994 08:49:37 GMT". A
/// date that is past is 0.
/// @param now the time that a date counts from.
/// @returns at most a day; nothing if it is neither.
std::optional<std::chrono::milliseconds>
parse_retry_after(std::string_view value,
                  std::chrono::system_clock::time_point now);

} // namespace batch
