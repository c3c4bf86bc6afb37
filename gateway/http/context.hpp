// What the routes work with.
#pragma once

#include "actors/queries/search_request.hpp"
#include "codecs/limits.hpp"
#include "gateway/http/byte_budget.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/slot_pool.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <filesystem>

namespace batch {

class cluster_client;
class service_client;

/// Shared by all routes; outlives the server. Reads go to the store, commands
/// to the actors.
struct gateway_context {
  gateway_context(store_reader_ptr s, service_client& c, cluster_client& nodes,
                  size_t exports_max, size_t uploads_max)
    : store(std::move(s)), client(c), cluster(nodes),
      streams(exports_max, "exports, results and errors", "--exports-max"),
      uploads(uploads_max, "uploads", "--uploads-max") {}

  store_reader_ptr store;
  service_client& client;
  cluster_client& cluster;
  /// Where backups go.
  std::filesystem::path backup_folder;
  size_t json_body_bytes = json_body_bytes_max;
  byte_budget json_bodies{json_bodies_bytes_max};
  /// Exports, results and errors that may be sent at one time.
  slot_pool streams;
  /// Uploads that are read piece by piece.
  slot_pool uploads;
  /// Null in a service without searches.
  search_function search;
  /// Set when the service is told to end; /readyz then says no.
  std::atomic<bool> draining{false};
};

/// POST /batch, GET /batch, GET /batch/:id and its results and errors.
void add_batch_routes(router& routes, gateway_context& context);
/// What can be ordered of a job: cancel, pause, resume, retry, change, delete.
void add_control_routes(router& routes, gateway_context& context);
/// Things, relationships and embeddings.
void add_data_routes(router& routes, gateway_context& context);
/// POST /search.
void add_search_routes(router& routes, gateway_context& context);
/// Dead letters: to be looked at, replayed and purged.
void add_letter_routes(router& routes, gateway_context& context);
/// GET /export/:ns.
void add_export_routes(router& routes, gateway_context& context);
/// Statistics and health.
void add_status_routes(router& routes, gateway_context& context);

/// The nodes of the cluster.
void add_cluster_routes(router& routes, gateway_context& context);

/// POST /admin/backup.
void add_admin_routes(router& routes, gateway_context& context);

/// All routes of the gateway.
router make_routes(gateway_context& context);

} // namespace batch
