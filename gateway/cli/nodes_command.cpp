#include "gateway/cli/commands.hpp"

#include "gateway/cli/console.hpp"
#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/output.hpp"
#include "gateway/cli/table.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <cmath>

namespace batch::cli {

namespace {

/// "import=2 embed=4"
std::string slots_text(const json_fields& slots) {
  std::string text;
  for (auto& [name, count] : slots.all())
    if (count != "0")
      text += (text.empty() ? "" : " ") + name + '=' + count;
  return one_line(text);
}

void add_row(table& nodes, const json_fields& node) {
  auto state = node.text("state");
  if (auto reason = node.text("reason"); !reason.empty())
    state += ": " + reason;
  auto rate = std::llround(node.number("rate").value_or(0));
  nodes.row({one_line(node.text("id")), one_line(node.text("role")),
             one_line(node.text("version")), slots_text(node.object("slots")),
             one_line(node.text("load")), std::to_string(rate),
             one_line(node.text("items")), one_line(node.text("lastBeatAt")),
             one_line(state)});
}

} // namespace

outcome<void> list_nodes(const nodes_options& options) {
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto answer = api->get(request_path{"/cluster/nodes"});
  if (!answer)
    return fail(answer);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  if (options.connection.json)
    return (*out)->line(*answer);
  table nodes{{{"NODE"},
               {"ROLE"},
               {"VERSION"},
               {"SLOTS"},
               {"LOAD", align::right},
               {"ITEMS/S", align::right},
               {"ITEMS", align::right},
               {"LAST BEAT"},
               {"STATE"}}};
  auto fields = json_fields::parse(*answer).value_or(json_fields{});
  for (auto& node : fields.elements("nodes"))
    add_row(nodes, json_fields::parse(node).value_or(json_fields{}));
  if (nodes.empty())
    return fail(exit_status::failed, "the answer of " + api->server().text
                                       + " holds no nodes; is the URL right?");
  return (*out)->write(nodes.text());
}

outcome<void> drain_node(const drain_options& options) {
  if (options.node.empty())
    return wrong_usage("the name NODE is empty");
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto answer = api->call(
    "POST",
    request_path{"/cluster/nodes"}.segment(options.node).segment("drain"));
  if (!answer)
    return fail(answer);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  if (options.connection.json)
    return (*out)->line(*answer);
  auto fields = json_fields::parse(*answer).value_or(json_fields{});
  return (*out)->line(one_line("node " + options.node + " is "
                               + fields.object("node").text("state")));
}

} // namespace batch::cli
