#include "actors/queries/data_queries.hpp"
#include "actors/queries/record_cursor.hpp"
#include "actors/service_client.hpp"
#include "codecs/items.hpp"
#include "codecs/json_reader.hpp"
#include "codecs/json_writer.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/read_body.hpp"

namespace batch {

namespace {

/// `{"success":true,"<name>":<json>}`
http_response one_record(std::string_view name, std::string_view json) {
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true);
  w.key(name).raw(json).end_object();
  return json_response(200, std::move(body));
}

http_response record_page(std::string_view name, const record_list& list) {
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key(name).begin_array();
  for (const auto& record : list.records)
    w.raw(record);
  w.end_array();
  if (!list.next_cursor.empty())
    w.key("nextCursor").string(list.next_cursor);
  w.end_object();
  return json_response(200, std::move(body));
}

/// Names from outside, as faults of the request.
expected<void> check_request_name(std::string_view field, std::string_view name,
                                  size_t bytes_max) {
  auto ok = check_name(field, name, bytes_max);
  if (!ok)
    return fail(ec::invalid_request, ok.error().message);
  return ok;
}

expected<void> check_names(const http_request& request) {
  if (auto ok = check_request_name("ns", request.arguments[0], ns_bytes_max);
      !ok || request.arguments.size() < 2)
    return ok;
  return check_request_name("id", request.arguments[1], id_bytes_max);
}

expected<http_response> get_things(const gateway_context& context,
                                   const http_request& request) {
  if (auto ok = check_parameters(request, {"limit", "cursor"}); !ok)
    return fail(ok);
  if (auto ok = check_names(request); !ok)
    return fail(ok);
  auto limit
    = number_parameter(request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return fail(limit);
  auto list = list_things(*context.store, request.arguments[0], *limit,
                          request.parameter("cursor").value_or(""));
  if (!list)
    return fail(list);
  return record_page("things", *list);
}

expected<http_response> get_thing(const gateway_context& context,
                                  const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  if (auto ok = check_names(request); !ok)
    return fail(ok);
  auto thing
    = find_thing(*context.store, request.arguments[0], request.arguments[1]);
  if (!thing)
    return fail(thing);
  return one_record("thing", *thing);
}

/// The thing of a PUT as it was sent. Its ns and id may be left out and are
/// then put in front, but must not contradict the path.
expected<std::string> complete_thing(std::string body, const std::string& ns,
                                     const std::string& id) {
  json_reader reader;
  json_reader values;
  bool has_ns = false, has_id = false, is_empty = true;
  std::string contradicts;
  auto walked = reader.check_object(body, [&](const json_member& m) {
    is_empty = false;
    if (m.key != "ns" && m.key != "id")
      return true;
    (m.key == "ns" ? has_ns : has_id) = true;
    if (kind_of_json(m.value) != json_kind::string
        || values.string_value(m.value) != (m.key == "ns" ? ns : id))
      contradicts = m.key;
    return contradicts.empty();
  });
  if (!walked)
    return fail(walked);
  if (!contradicts.empty())
    return fail(ec::invalid_item,
                contradicts + ": is not the one of the path; leave it out",
                "/" + contradicts);
  std::string missing;
  auto add = [&](std::string_view name, std::string_view value) {
    missing += (missing.empty() ? "\"" : ",\"") + std::string{name} + "\":";
    append_json_string(missing, value);
  };
  if (!has_ns)
    add("ns", ns);
  if (!has_id)
    add("id", id);
  if (!missing.empty() && !is_empty)
    missing.push_back(',');
  body.insert(body.find('{') + 1, missing);
  return has_line_end(body) ? minify_json(body) : body;
}

expected<http_response> put_thing(gateway_context& context,
                                  http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  if (auto ok = check_names(request); !ok)
    return fail(ok);
  auto type = request.media_type();
  if (!type.empty() && type != "application/json")
    return fail(ec::unsupported_media_type,
                "Content-Type: expected application/json");
  byte_budget::share share{context.json_bodies};
  auto body = read_whole_body(request, item_bytes_max, share);
  if (!body)
    return fail(body);
  auto text = complete_thing(std::move(*body), request.arguments[0],
                             request.arguments[1]);
  if (!text)
    return fail(text);
  item_reader reader;
  if (auto thing = reader.thing(*text); !thing)
    return fail(thing);
  if (text->size() > item_bytes_max)
    return fail(ec::item_too_large, "the thing is longer than "
                                      + std::to_string(item_bytes_max)
                                      + " bytes");
  if (auto put = context.client.put_thing(request.arguments[0],
                                          request.arguments[1], *text);
      !put)
    return fail(put);
  return one_record("thing", *text);
}

expected<http_response> delete_thing(gateway_context& context,
                                     const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  if (auto ok = check_names(request); !ok)
    return fail(ok);
  if (auto erased
      = context.client.erase_thing(request.arguments[0], request.arguments[1]);
      !erased)
    return fail(erased);
  http_response response;
  response.status = 204;
  return response;
}

/// The thing at one end: `from=ns/id`, or `fromNs=…&fromId=…`.
expected<bool> read_end(const http_request& request, const std::string& name,
                        relationship_filter& filter) {
  auto both = request.parameter(name);
  auto ns = request.parameter(name + "Ns");
  auto id = request.parameter(name + "Id");
  if (!both && !ns && !id)
    return false;
  if (both) {
    auto slash = both->find('/');
    if (ns || id || slash == both->npos)
      return fail(ec::invalid_request, name + ": expected " + name
                                         + "=ns/id, or " + name + "Ns and "
                                         + name + "Id");
    ns = both->substr(0, slash);
    id = both->substr(slash + 1);
  }
  if (!ns || !id)
    return fail(ec::invalid_request,
                name + "Ns and " + name + "Id are needed together");
  if (auto ok = check_request_name(name + "Ns", *ns, ns_bytes_max); !ok)
    return fail(ok);
  if (auto ok = check_request_name(name + "Id", *id, id_bytes_max); !ok)
    return fail(ok);
  filter.ns = *ns;
  filter.id = *id;
  filter.from = name == "from";
  return true;
}

expected<http_response> get_relationships(const gateway_context& context,
                                          const http_request& request) {
  if (auto ok
      = check_parameters(request, {"from", "fromNs", "fromId", "to", "toNs",
                                   "toId", "type", "limit", "cursor"});
      !ok)
    return fail(ok);
  relationship_filter filter;
  auto from = read_end(request, "from", filter);
  if (!from)
    return fail(from);
  auto to = read_end(request, "to", filter);
  if (!to)
    return fail(to);
  if (*from == *to)
    return fail(ec::invalid_request,
                "expected one end: from=ns/id or to=ns/id");
  if (auto type = request.parameter("type")) {
    if (auto ok = check_request_name("type", *type, type_bytes_max); !ok)
      return fail(ok);
    filter.type = *type;
  }
  auto limit
    = number_parameter(request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return fail(limit);
  auto list = list_relationships(*context.store, filter, *limit,
                                 request.parameter("cursor").value_or(""));
  if (!list)
    return fail(list);
  return record_page("relationships", *list);
}

expected<http_response> get_embedding(const gateway_context& context,
                                      const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  if (auto ok = check_names(request); !ok)
    return fail(ok);
  const auto& ns = request.arguments[0];
  const auto& id = request.arguments[1];
  auto x = find_embedding(*context.store, ns, id);
  if (!x)
    return fail(x);
  return one_record("embedding", render_embedding(ns, id, *x));
}

} // namespace

void add_data_routes(router& routes, gateway_context& context) {
  auto add = [&](const char* method, const char* pattern, auto handler) {
    routes.add(method, pattern, [&context, handler](http_request& request) {
      return handler(context, request);
    });
  };
  add("GET", "/things/:ns", get_things);
  add("GET", "/things/:ns/:id", get_thing);
  add("PUT", "/things/:ns/:id", put_thing);
  add("DELETE", "/things/:ns/:id", delete_thing);
  add("GET", "/relationships", get_relationships);
  add("GET", "/embeddings/:ns/:id", get_embedding);
}

} // namespace batch
