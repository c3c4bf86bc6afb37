#include "gateway/cli/running_gateway.hpp"

#include "actors/cluster/remote_search.hpp"
#include "actors/cluster/remote_store.hpp"

namespace batch {

namespace {

http_server_options server_options(const cli::gateway_options& o,
                                   const address& at,
                                   std::function<void(const error&)> on_fatal) {
  http_server_options options;
  options.host = at.host;
  options.port = at.port;
  options.token = o.token;
  options.json_body_bytes_max = o.body_mib << 20;
  options.body_pace.time = std::chrono::seconds{o.body_seconds};
  options.write_timeout = std::chrono::seconds{o.body_seconds};
  options.on_fatal = std::move(on_fatal);
  return options;
}

/// Which routes there are depends on what the gateway has.
router routes_of(gateway_context& context, gateway_parts& parts) {
  context.search = std::move(parts.search);
  return make_routes(context);
}

} // namespace

gateway_parts remote_parts(const coordinator_link_ptr& link,
                           std::unique_ptr<cluster_client> cluster) {
  gateway_parts parts;
  parts.store = make_remote_store_reader(link);
  parts.client
    = std::make_unique<service_client>(link->bridge(), remote_share_bytes_max);
  parts.cluster = std::move(cluster);
  parts.search = make_remote_search(link, parts.store);
  return parts;
}

running_gateway::running_gateway(const cli::gateway_options& options,
                                 const address& at, gateway_parts parts,
                                 std::function<void(const error&)> on_fatal)
  : client_(std::move(parts.client)), cluster_(std::move(parts.cluster)),
    context_(std::move(parts.store), *client_, *cluster_, options.exports_max,
             options.uploads_max),
    server_(server_options(options, at, std::move(on_fatal)),
            routes_of(context_, parts)) {
  context_.backup_folder = std::move(parts.backup_folder);
  context_.json_body_bytes = options.body_mib << 20;
}

} // namespace batch
