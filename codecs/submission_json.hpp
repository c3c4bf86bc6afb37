// The JSON body of a submission: `{"type", "items", "input", "options"}`.
#pragma once

#include "codecs/error.hpp"
#include "codecs/job_kind.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// A body, taken apart. The views point into it.
struct submission_view {
  job_kind type;
  /// The text of the array; not checked inside. Nothing if absent.
  std::optional<std::string_view> items;
  /// Checked JSON texts; empty if absent.
  std::string_view input;
  std::string_view options;
};

/// Takes a body apart. Members that it does not know must be valid JSON and
/// are ignored.
/// @param body needs `json_padding` readable bytes behind its end.
/// Errors: `ec::invalid_json` with the byte offset, `ec::invalid_job` naming
/// the member.
expected<submission_view> parse_submission(std::string_view body);

/// The type with this name: a built-in one, or one that somebody may have
/// workers of his own for, which the SUPERVISOR knows. Errors:
/// `ec::invalid_job` if no type can have the name.
expected<job_kind> parse_job_type(std::string_view name);

/// What is said of a body that is not JSON: where and why.
error not_json(std::string_view body);

/// The namespace that `input` names: `{"ns": "…"}`; nothing if it has no
/// member ns. Errors: `ec::invalid_job`.
expected<std::optional<std::string>> input_namespace(std::string_view input);

/// Whether jobs of the type can take their items from a namespace.
bool takes_namespace(const job_kind& type);

/// The namespace that the items are taken from; nothing if the submission
/// brings them itself. Errors: as `input_namespace`.
expected<std::optional<std::string>>
source_namespace(const submission_view& parts);

} // namespace batch
