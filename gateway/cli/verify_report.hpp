// What a verification has found, as text and as JSON.
#pragma once

#include "actors/maintenance/verify.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace batch::cli {

struct verify_report {
  /// Findings that are shown; the others are counted.
  static constexpr size_t shown_max = 100;

  verify_summary summary;
  std::vector<verify_finding> shown;
  std::chrono::milliseconds took{0};

  /// Takes note of a finding.
  void add(const verify_finding& x);
  bool is_clean() const { return summary.findings == 0; }
};

/// A table of what was counted, and the verdict.
std::string verify_text(const verify_report& report);

/// A line for each finding that is shown, and one that says how many more
/// there are.
std::string findings_text(const verify_report& report);

/// `{"success":true,"verify":{"clean",…,"findings":[{"key","fault",
/// "expected"}]}}`.
std::string verify_json(const verify_report& report);

} // namespace batch::cli
