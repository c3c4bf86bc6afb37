// How threads that are no actors ask the CLUSTER.
#pragma once

#include "actors/cluster/interfaces.hpp"

#include <chrono>
#include <functional>

namespace batch {

/// Blocking calls with a time limit.
///
/// Thread-safety: every call may come from any thread. Must not outlive the
/// actor system.
/// Errors: those of the CLUSTER; `ec::overloaded` if it does not answer in
/// time, `ec::shutting_down`.
class cluster_client {
public:
  /// @param find answers the present CLUSTER, which may be another one after a
  /// loss of the connection, or why there is none.
  using finder = std::function<expected<cluster_actor>()>;

  cluster_client(caf::actor_system& system, finder find,
                 std::chrono::milliseconds deadline)
    : system_(system), find_(std::move(find)), deadline_(deadline) {}

  /// All nodes, the coordinator first.
  expected<std::vector<node_report>> nodes();

  /// Grants nothing more to a node. `ec::no_such_node`, `ec::conflict`.
  expected<node_report> drain(const std::string& name);

private:
  template <class T, class... Message>
  expected<T> ask(Message... message);

  caf::actor_system& system_;
  finder find_;
  std::chrono::milliseconds deadline_;
};

} // namespace batch
