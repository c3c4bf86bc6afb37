// What many measurements say together.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace batch::bench {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begin);

/// The figures of several runs.
struct spread {
  double median = 0;
  double lowest = 0;
  double highest = 0;
};

/// @param samples at least one. The median of an even number of them is the
/// mean of the two in the middle.
spread spread_of(std::vector<double> samples);

/// Durations in seconds, all kept: 8 bytes each.
class latencies {
public:
  void add(double seconds) { samples_.push_back(seconds); }
  void add(const latencies& other);
  size_t count() const { return samples_.size(); }
  /// The smallest sample that `percent` of all do not exceed (nearest rank);
  /// 100 is the longest. 0 if there is no sample.
  double percentile(double percent) const;

private:
  std::vector<double> samples_;
};

} // namespace batch::bench
