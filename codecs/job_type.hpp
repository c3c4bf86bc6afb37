// The five kinds of jobs. Values are stored and sent: append, never renumber.
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
};
inline constexpr std::array job_types{
  job_type::import_things, job_type::import_relationships,
  job_type::generate_embeddings, job_type::export_things,
  job_type::transform_data};

/// The name of the contract, e.g. "import-things".
std::string_view to_string(job_type type);
std::optional<job_type> job_type_of(std::string_view name);
/// All names, for messages: "import-things, …".
std::string_view job_type_names();

} // namespace batch
