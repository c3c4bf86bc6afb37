#include "actors/cluster/load_history.hpp"

#include <algorithm>
#include <cmath>

namespace batch {

namespace {

/// The time over which a rate is smoothed: an exponential average, in which
/// what is older than this has less than half of the weight.
constexpr double rate_seconds = 10;

/// Nodes that are remembered, beside those that are there: names may be random.
/// Source: far more than are told of as gone.
constexpr size_t nodes_max = 1000;

} // namespace

void load_history::take(const node_loads& loads, time_ms ticks) {
  auto seconds = static_cast<double>(ticks - taken_at_) / 1000;
  auto is_first = std::exchange(taken_at_, ticks) == 0;
  auto weight
    = is_first || seconds <= 0 ? 0 : 1 - std::exp(-seconds / rate_seconds);
  if (nodes_.size() > nodes_max)
    std::erase_if(nodes_,
                  [&](const auto& x) { return !loads.contains(x.first); });
  for (const auto& [name, load] : loads) {
    auto& x = nodes_[name];
    if (weight > 0) {
      // One that was forgotten meanwhile begins anew.
      auto before = std::min(x.last.items, load.items);
      auto rate = static_cast<double>(load.items - before) / seconds;
      x.rate += (rate - x.rate) * weight;
    }
    x.last = load;
  }
}

void load_history::fill(node_report& report) const {
  auto found = nodes_.find(report.name);
  if (found == nodes_.end())
    return;
  report.items = found->second.last.items;
  if (report.state == node_state::gone)
    return;
  report.load = found->second.last.pieces;
  report.rate = found->second.rate;
}

} // namespace batch
