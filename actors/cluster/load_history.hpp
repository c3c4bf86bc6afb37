// What each node of a cluster holds, has done, and does per second. Knows no
// actors and no clock.
#pragma once

#include "actors/cluster/protocol.hpp"
#include "actors/messages.hpp"

namespace batch {

/// Thread-safety: none.
class load_history {
public:
  /// @param loads of all nodes at this time, as the DISPATCHER counts them.
  void take(const node_loads& loads, time_ms ticks);

  /// Adds load, items and rate of a node to what is told of it.
  void fill(node_report& report) const;

private:
  struct node {
    node_load last;
    double rate = 0;
  };
  std::map<std::string, node> nodes_;
  time_ms taken_at_ = 0;
};

} // namespace batch
