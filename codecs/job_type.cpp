#include "codecs/job_type.hpp"

namespace batch {

std::string_view to_string(job_type type) {
  switch (type) {
  case job_type::import_things:
    return "import-things";
  case job_type::import_relationships:
    return "import-relationships";
  case job_type::generate_embeddings:
    return "generate-embeddings";
  case job_type::export_things:
    return "export-things";
  case job_type::transform_data:
    return "transform-data";
  case job_type::custom:
    return "custom";
  }
  return "unknown";
}

std::string_view pool_name(job_type type) {
  switch (type) {
  case job_type::import_things:
    return "import";
  case job_type::import_relationships:
    return "relate";
  case job_type::generate_embeddings:
    return "embed";
  case job_type::export_things:
    return "export";
  case job_type::transform_data:
    return "transform";
  case job_type::custom:
    break;
  }
  return "worker";
}

std::optional<job_type> job_type_of(std::string_view name) {
  for (auto type : job_types)
    if (to_string(type) == name)
      return type;
  return std::nullopt;
}

std::string_view job_type_names() {
  return "import-things, import-relationships, generate-embeddings, "
         "export-things, transform-data";
}

std::string_view to_string(job_status status) {
  switch (status) {
  case job_status::pending:
    return "pending";
  case job_status::processing:
    return "processing";
  case job_status::completed:
    return "completed";
  case job_status::failed:
    return "failed";
  }
  return "unknown";
}

std::optional<job_status> job_status_of(std::string_view name) {
  for (auto status : job_statuses)
    if (to_string(status) == name)
      return status;
  return std::nullopt;
}

std::string_view to_string(job_state state) {
  switch (state) {
  case job_state::queued:
    return "queued";
  case job_state::scheduled:
    return "scheduled";
  case job_state::running:
    return "running";
  case job_state::paused:
    return "paused";
  case job_state::retrying:
    return "retrying";
  case job_state::succeeded:
    return "succeeded";
  case job_state::failed:
    return "failed";
  case job_state::cancelled:
    return "cancelled";
  }
  return "unknown";
}

} // namespace batch
