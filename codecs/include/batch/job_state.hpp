// The states that a job goes through. Public: installed as
// <batch/job_state.hpp>. Values are stored and sent: append, never renumber.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace batch {

/// How far a job is, coarsely.
enum class job_status : uint8_t {
  pending = 1,
  processing = 2,
  completed = 3,
  failed = 4,
};
inline constexpr size_t job_status_count = 4;
inline constexpr std::array job_statuses{
  job_status::pending, job_status::processing, job_status::completed,
  job_status::failed};

std::string_view to_string(job_status status);
std::optional<job_status> job_status_of(std::string_view name);
inline bool has_ended(job_status status) {
  return status == job_status::completed || status == job_status::failed;
}

/// The same, finer.
enum class job_state : uint8_t {
  queued = 1,
  scheduled = 2,
  running = 3,
  paused = 4,
  retrying = 5,
  succeeded = 6,
  failed = 7,
  cancelled = 8,
};

std::string_view to_string(job_state state);

} // namespace batch
