#include "actors/cluster/cluster_client.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/http/context.hpp"

namespace batch {

namespace {

void write_node(json_writer& w, const node_report& x) {
  w.begin_object().key("id").string(x.name);
  w.key("role").string(x.is_coordinator ? "coordinator" : "worker");
  w.key("state").string(to_string(x.state));
  w.key("version").string(x.version);
  w.key("slots").begin_object();
  for (auto [type, count] : x.slots)
    w.key(pool_name(type)).number(uint64_t{count});
  w.end_object();
  w.key("load").number(uint64_t{x.load});
  w.key("items").number(x.items);
  w.key("rate").number(x.rate);
  w.key("joinedAt").string(format_time(x.joined_at));
  w.key("lastBeatAt").string(format_time(x.last_beat_at));
  if (!x.reason.empty())
    w.key("reason").string(x.reason);
  w.end_object();
}

expected<http_response> get_nodes(gateway_context& context,
                                  const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto nodes = context.cluster.nodes();
  if (!nodes)
    return fail(nodes);
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("nodes").begin_array();
  for (const auto& x : *nodes)
    write_node(w, x);
  w.end_array().end_object();
  return json_response(200, std::move(body));
}

expected<http_response> drain_node(gateway_context& context,
                                   const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto node = context.cluster.drain(request.arguments[0]);
  if (!node)
    return fail(node);
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("node");
  write_node(w, *node);
  w.end_object();
  return json_response(200, std::move(body));
}

} // namespace

void add_cluster_routes(router& routes, gateway_context& context) {
  routes.add("GET", "/cluster/nodes", [&context](http_request& request) {
    return get_nodes(context, request);
  });
  routes.add(
    "POST", "/cluster/nodes/:id/drain",
    [&context](http_request& request) { return drain_node(context, request); });
}

} // namespace batch
