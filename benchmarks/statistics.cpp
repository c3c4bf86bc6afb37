#include "benchmarks/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace batch::bench {

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

spread spread_of(std::vector<double> samples) {
  std::ranges::sort(samples);
  auto upper = samples[samples.size() / 2];
  auto lower = samples[(samples.size() - 1) / 2];
  return {(lower + upper) / 2, samples.front(), samples.back()};
}

void latencies::add(const latencies& other) {
  samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
}

double latencies::percentile(double percent) const {
  if (samples_.empty())
    return 0;
  auto sorted = samples_;
  auto rank = static_cast<size_t>(
    std::ceil(percent / 100 * static_cast<double>(sorted.size())));
  auto at
    = sorted.begin()
      + static_cast<ptrdiff_t>(std::clamp<size_t>(rank, 1, sorted.size()) - 1);
  std::ranges::nth_element(sorted, at);
  return *at;
}

} // namespace batch::bench
