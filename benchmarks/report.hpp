// The result of a scenario, for people and for programs.
#pragma once

#include "benchmarks/server_process.hpp"
#include "benchmarks/statistics.hpp"

#include <string>
#include <utility>
#include <vector>

namespace batch::bench {

/// One row of a report.
struct figure {
  /// Its name in the JSON line.
  std::string key;
  std::string text;
  std::string unit;
  /// What it should be, e.g. ">= 0.8"; empty if there is no target.
  std::string target = {};
};

/// Gathers the samples of each figure over all runs. Figures are shown in the
/// order in which they first came.
class report {
public:
  explicit report(std::string scenario) : scenario_(std::move(scenario)) {}

  /// States a condition of the measurement, e.g. the number of items.
  void condition(std::string key, std::string value);

  void add(const figure& what, double sample);
  /// The usual percentiles, in milliseconds. `key` and `text` begin the rows.
  void add(const std::string& key, const std::string& text,
           const latencies& of);
  /// What a process has used for so many items.
  /// @param memory_target for its peak memory, as `figure::target`.
  void add(const process_usage& used, double items,
           std::string memory_target = {});

  /// Prints a table (median, lowest, highest) and then one line of JSON with
  /// every sample.
  void print() const;

private:
  struct row {
    figure what;
    std::vector<double> samples;
  };

  void print_table() const;
  std::string json() const;

  std::string scenario_;
  std::vector<std::pair<std::string, std::string>> conditions_;
  std::vector<row> rows_;
};

} // namespace batch::bench
