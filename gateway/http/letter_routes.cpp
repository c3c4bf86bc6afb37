#include "actors/maintenance/purge.hpp"
#include "actors/maintenance/replay.hpp"
#include "codecs/job_options.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/json_body.hpp"
#include "gateway/http/letter_filters.hpp"
#include "gateway/http/letter_json.hpp"
#include "gateway/http/submit.hpp"

namespace batch {

namespace {

expected<http_response> answer_groups(const gateway_context& context,
                                      const http_request& request,
                                      const letter_filter& filter,
                                      const std::string& by) {
  for (auto name : {"limit", "cursor"})
    if (request.parameter(name))
      return fail(ec::invalid_request, std::string{name}
                                         + ": not with groupBy; groups have no "
                                           "pages");
  if (by != "code" && by != "fingerprint")
    return fail(ec::invalid_request, "groupBy: expected code or fingerprint");
  auto grouping
    = by == "code" ? letter_grouping::code : letter_grouping::fingerprint;
  auto groups = group_letters(*context.store, filter, grouping);
  if (!groups)
    return fail(groups);
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("groups").begin_array();
  for (const auto& group : *groups)
    write_letter_group(w, group, grouping);
  w.end_array().end_object();
  return json_response(200, std::move(body));
}

expected<http_response> get_letters(const gateway_context& context,
                                    const http_request& request) {
  if (auto ok
      = check_parameters(request, {"jobId", "type", "ns", "code", "after",
                                   "before", "limit", "cursor", "groupBy"});
      !ok)
    return fail(ok);
  auto filter = read_query_filter(request);
  if (!filter)
    return fail(filter);
  if (auto by = request.parameter("groupBy"))
    return answer_groups(context, request, *filter, *by);
  auto limit
    = number_parameter(request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return fail(limit);
  auto list = list_letters(*context.store, *filter, *limit,
                           request.parameter("cursor").value_or(""));
  if (!list)
    return fail(list);
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true);
  w.key("deadLetters").begin_array();
  for (const auto& x : list->letters)
    write_letter(w, x);
  w.end_array();
  if (!list->next_cursor.empty())
    w.key("nextCursor").string(list->next_cursor);
  w.end_object();
  return json_response(200, std::move(body));
}

/// Text that is no id of a dead letter names none.
expected<stored_letter> find_named(const gateway_context& context,
                                   const http_request& request) {
  auto id = parse_letter_id(request.arguments[0]);
  if (!id)
    return fail(ec::no_such_dead_letter,
                "no dead letter has this id; " + id.error().message);
  return find_letter(*context.store, *id);
}

expected<http_response> get_letter(const gateway_context& context,
                                   const http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto x = find_named(context, request);
  if (!x)
    return fail(x);
  std::optional<job_id> replayed_by;
  if (x->claimed_by != 0) {
    auto job = find_job_id(*context.store, x->claimed_by);
    if (!job)
      return fail(job);
    replayed_by = *job;
  }
  std::string body;
  json_writer w{body};
  w.begin_object().key("success").boolean(true).key("deadLetter");
  write_letter(w, *x, replayed_by);
  w.end_object();
  return json_response(200, std::move(body));
}

/// What a body asks for. A purge has the first two.
struct letters_order {
  std::optional<letter_filter> filter;
  bool dry_run = false;
  std::string patch;
  std::string options;
  /// About the options.
  std::vector<std::string> warnings;
};

/// Nothing of a patch is looked at but that it is one.
expected<void> take_patch(letters_order& order, std::string_view value) {
  if (kind_of_json(value) != json_kind::object)
    return wrong_value("/patch", "expected an object, a JSON Merge Patch");
  json_reader reader;
  if (auto checked = reader.check(value); !checked)
    return wrong_value("/patch", checked.error().message);
  order.patch = value;
  return {};
}

expected<void> take_options(letters_order& order, std::string_view value) {
  if (kind_of_json(value) != json_kind::object)
    return wrong_value("/options", "expected an object");
  auto options = parse_job_options(value);
  if (!options)
    return fail(options);
  order.options = value;
  order.warnings = std::move(options->warnings);
  return {};
}

/// @param known the members that the body may have.
expected<letters_order>
read_order(std::string_view body,
           std::initializer_list<std::string_view> known) {
  letters_order order;
  auto take = [&](const json_member& m) -> expected<void> {
    std::string names;
    bool is_known = false;
    for (auto name : known) {
      is_known = is_known || name == m.key;
      names += (names.empty() ? "" : ", ") + std::string{name};
    }
    if (!is_known)
      return unknown_member("", m.key, names);
    if (m.key == "patch")
      return take_patch(order, m.value);
    if (m.key == "options")
      return take_options(order, m.value);
    if (m.key == "dryRun") {
      auto x = boolean_at("/dryRun", m.value);
      if (!x)
        return fail(x);
      order.dry_run = *x;
      return {};
    }
    if (kind_of_json(m.value) != json_kind::object)
      return wrong_value("/filter", "expected an object");
    auto filter = read_json_filter(m.value, "/filter");
    if (!filter)
      return fail(filter);
    order.filter = std::move(*filter);
    return {};
  };
  if (auto read = read_members(body, "", take); !read)
    return fail(read);
  return order;
}

expected<letters_order>
read_filtered_order(http_request& request, byte_budget::share& share,
                    std::initializer_list<std::string_view> known) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  auto body = read_json_body(request, share);
  if (!body)
    return fail(body);
  auto order = read_order(*body, known);
  if (order && (!order->filter || order->filter->is_empty()))
    return wrong_value("/filter",
                       "required, and not empty: which dead letters are meant, "
                       "e.g. {\"jobId\": \"…\"}");
  return order;
}

http_response counted(uint64_t count, const letters_order& order) {
  http_response response;
  json_writer w{response.body};
  w.begin_object().key("success").boolean(true).key("count").number(count);
  if (order.dry_run)
    w.key("dryRun").boolean(true);
  write_warnings(w, order.warnings);
  w.end_object();
  return response;
}

http_response replayed(const job_id& job, uint64_t count,
                       const letters_order& order) {
  http_response response;
  response.status = 202;
  auto id = to_string(job);
  response.headers.emplace_back("Location", "/batch/" + id);
  json_writer w{response.body};
  w.begin_object().key("success").boolean(true).key("jobId").string(id);
  w.key("count").number(count);
  write_warnings(w, order.warnings);
  w.end_object();
  return response;
}

expected<http_response> replay(gateway_context& context,
                               const http_request& request,
                               letters_order order) {
  if (auto ok = check_warnings(request, order.warnings); !ok)
    return fail(ok);
  auto outcome = replay_letters(
    *context.store, context.client,
    {std::move(*order.filter), order.patch, order.options, order.dry_run});
  if (!outcome)
    return fail(outcome);
  return outcome->job ? replayed(*outcome->job, outcome->count, order)
                      : counted(outcome->count, order);
}

expected<http_response> post_replay(gateway_context& context,
                                    http_request& request) {
  byte_budget::share share{context.json_bodies};
  auto order = read_filtered_order(request, share,
                                   {"filter", "dryRun", "patch", "options"});
  if (!order)
    return fail(order);
  return replay(context, request, std::move(*order));
}

/// A letter that cannot be tried again must not look like one that was.
expected<void> check_replayable(const stored_letter& x) {
  if (x.letter.purged)
    return fail(ec::conflict, "the dead letter was purged");
  if (x.claimed_by != 0)
    return fail(ec::conflict, "the dead letter was replayed already");
  if (!x.letter.type)
    return fail(ec::conflict, "a message of the system itself cannot be "
                              "replayed, only purged");
  return {};
}

expected<http_response> post_letter_replay(gateway_context& context,
                                           http_request& request) {
  if (auto ok = check_parameters(request, {}); !ok)
    return fail(ok);
  byte_budget::share share{context.json_bodies};
  auto body = read_json_body(request, share);
  if (!body)
    return fail(body);
  auto order = body->empty()
                 ? letters_order{}
                 : read_order(*body, {"dryRun", "patch", "options"});
  if (!order)
    return fail(order);
  auto x = find_named(context, request);
  if (!x)
    return fail(x);
  if (auto ok = check_replayable(*x); !ok)
    return fail(ok);
  order->filter.emplace().ids.push_back(x->id());
  return replay(context, request, std::move(*order));
}

expected<http_response> post_purge(gateway_context& context,
                                   http_request& request) {
  byte_budget::share share{context.json_bodies};
  auto order = read_filtered_order(request, share, {"filter", "dryRun"});
  if (!order)
    return fail(order);
  auto count = purge_letters(*context.store, context.client, *order->filter,
                             order->dry_run);
  if (!count)
    return fail(count);
  return counted(*count, *order);
}

} // namespace

void add_letter_routes(router& routes, gateway_context& context) {
  auto add = [&](const char* method, const char* pattern, auto handler) {
    routes.add(method, pattern, [&context, handler](http_request& request) {
      return handler(context, request);
    });
  };
  add("GET", "/dead-letters", get_letters);
  add("POST", "/dead-letters/replay", post_replay);
  add("POST", "/dead-letters/purge", post_purge);
  add("GET", "/dead-letters/:id", get_letter);
  add("POST", "/dead-letters/:id/replay", post_letter_replay);
}

} // namespace batch
