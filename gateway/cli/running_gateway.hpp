// The HTTP API of a process, over its own store or over that of the
// coordinator.
#pragma once

#include "actors/cluster/cluster_client.hpp"
#include "actors/queries/search_request.hpp"
#include "actors/service_client.hpp"
#include "gateway/cli/address.hpp"
#include "gateway/cli/gateway_options.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/server.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace batch {

class coordinator_link;

/// What a gateway works with.
struct gateway_parts {
  store_reader_ptr store;
  std::unique_ptr<service_client> client;
  std::unique_ptr<cluster_client> cluster;
  search_function search;
  /// Where backups go; of no matter if the store refuses them.
  std::filesystem::path backup_folder;
};

/// The parts of a gateway without a store of its own: everything goes over the
/// link. It may serve before there is one; then whatever needs the coordinator
/// is answered `ec::coordinator_unreachable`, and /readyz with 503.
/// @param cluster asks the CLUSTER that was joined.
gateway_parts remote_parts(const std::shared_ptr<coordinator_link>& link,
                           std::unique_ptr<cluster_client> cluster);

/// Serves the API from `start` to `stop`. Must not outlive the actor system.
///
/// Thread-safety: none, but `drain` may be called from any thread.
class running_gateway {
public:
  /// @param at where to listen: `listening_address`.
  /// @param on_fatal as that of `http_server_options`.
  running_gateway(const cli::gateway_options& options, const address& at,
                  gateway_parts parts,
                  std::function<void(const error&)> on_fatal);

  /// Binds and listens. @returns the port. Errors: as `http_server::start`.
  expected<int> start() { return server_.start(); }

  /// Lets /readyz say no from now, so that nobody new is sent here.
  void drain() { context_.draining = true; }

  /// Stops accepting, and waits for the answers that are being given.
  void stop() { server_.stop(); }

  /// To be changed before `start` only.
  gateway_context& context() { return context_; }

private:
  std::unique_ptr<service_client> client_;
  std::unique_ptr<cluster_client> cluster_;
  gateway_context context_;
  http_server server_;
};

} // namespace batch
