// Points of time as RFC 3339 text in UTC with milliseconds.
#pragma once

#include "codecs/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace batch {

/// Milliseconds since 1970-01-01T00:00:00Z; the form in which times are
/// stored and sent. 0 means "not yet".
using time_ms = int64_t;

/// The system clock's time.
time_ms now_ms();

/// A point of time on both clocks: the system's, for what is recorded, and a
/// steady one, for what is waited for. Steps of the system's clock do not
/// disturb waiting.
struct moment {
  time_ms time = 0;
  /// Milliseconds since some point in the past, the same for the process.
  time_ms ticks = 0;
};

moment this_moment();

/// E.g. "2026-03-01T12:00:00.250Z". Years 1970 to 9999.
std::string format_time(time_ms t);

/// Reads what `format_time` writes, with 0 to 9 digits of fraction (cut to
/// milliseconds) and any offset from UTC. Errors: `ec::invalid_request`.
expected<time_ms> parse_time(std::string_view text);

} // namespace batch
