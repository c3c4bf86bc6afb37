// The type of a job: one of the built-in ones, or one of somebody's own, which
// is known by its name and done by workers that are not ours.
#pragma once

#include "codecs/job_type.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// Stands wherever a `job_type` did before there were others than the built-in
/// ones: it is made from one, and compares with one.
struct job_kind {
  job_type base = job_type::import_things;
  /// The name of a type of one's own; empty for built-in ones.
  std::string custom;

  job_kind() = default;
  job_kind(job_type built_in) : base(built_in) {}
  job_kind(job_type type, std::string name)
    : base(type), custom(std::move(name)) {}

  friend auto operator<=>(const job_kind&, const job_kind&) = default;

  template <class T, class Visit>
  static void fields(T& x, Visit&& visit) {
    visit(x.base, x.custom);
  }
};

/// The name of the type, as it is submitted and shown. Points into `kind`.
std::string_view to_string(const job_kind& kind);

/// Whether a type of one's own may have this name: `[a-z][a-z0-9-]{0,62}`, and
/// neither the name of a built-in type nor `custom` or `system`, which stand
/// for something else where types are counted and filtered.
bool may_name_own_type(std::string_view name);

/// What `may_name_own_type` asks for, for messages.
std::string_view own_type_name_rule();

/// The type with this name, whether there ever was a job of it or not; nothing
/// if no type can have it.
std::optional<job_kind> job_kind_of(std::string_view name);

} // namespace batch
