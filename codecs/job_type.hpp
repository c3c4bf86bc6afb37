// The types of jobs and the states a job goes through. Values are stored
// and sent: append, never renumber.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace batch {

enum class job_type : uint8_t {
  import_things = 1,
  import_relationships = 2,
  generate_embeddings = 3,
  export_things = 4,
  transform_data = 5,
  /// All types of somebody's own; each has a name besides (job_kind.hpp).
  custom = 6,
};
/// The built-in ones.
inline constexpr std::array job_types{
  job_type::import_things, job_type::import_relationships,
  job_type::generate_embeddings, job_type::export_things,
  job_type::transform_data};
/// What jobs are counted by, in the order of their values.
inline constexpr std::array counted_types{
  job_type::import_things,       job_type::import_relationships,
  job_type::generate_embeddings, job_type::export_things,
  job_type::transform_data,      job_type::custom};

/// The name of the contract, e.g. "import-things"; "custom" for those that are
/// not built in.
std::string_view to_string(job_type type);
/// The name of the pool of workers that does it, e.g. "import".
std::string_view pool_name(job_type type);
/// The built-in type of a name.
std::optional<job_type> job_type_of(std::string_view name);
/// The names of the built-in types, for messages: "import-things, …".
std::string_view job_type_names();

/// What the original service told of a job.
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

/// The finer state.
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
