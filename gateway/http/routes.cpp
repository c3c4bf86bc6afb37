#include "gateway/http/context.hpp"

namespace batch {

router make_routes(gateway_context& context) {
  router routes;
  add_status_routes(routes, context);
  add_batch_routes(routes, context);
  add_control_routes(routes, context);
  add_letter_routes(routes, context);
  add_data_routes(routes, context);
  add_search_routes(routes, context);
  add_export_routes(routes, context);
  add_cluster_routes(routes, context);
  add_admin_routes(routes, context);
  return routes;
}

} // namespace batch
