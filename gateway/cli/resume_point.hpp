// Where an export that broke off goes on.
#pragma once

#include "gateway/cli/outcome.hpp"

#include <string>
#include <string_view>

namespace batch::cli {

struct resume_point {
  /// As `cursor=` of GET /export/:ns takes it.
  std::string cursor;
  std::string id;
  /// The line has the members of a relationship and its kind was not given: a
  /// thing may have members of these names as well.
  bool may_be_a_thing = false;
};

/// Reads a line of an NDJSON export.
/// @param kind of the export; empty: things, then relationships.
/// Fails with `exit_status::wrong_usage` if it is no line of such an export.
outcome<resume_point> read_resume_point(std::string_view line,
                                        const std::string& ns,
                                        const std::string& kind);

/// Whether a line has all members that only relationships must have.
bool looks_like_relationship(std::string_view line);

} // namespace batch::cli
