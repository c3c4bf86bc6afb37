// The types of jobs. Values are stored and sent: append, never renumber.
#pragma once

#include <batch/job_state.hpp>

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

} // namespace batch
