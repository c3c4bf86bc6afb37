#include "gateway/cli/commands.hpp"

#include "codecs/json_reader.hpp"
#include "codecs/limits.hpp"
#include "gateway/cli/console.hpp"
#include "gateway/cli/json_fields.hpp"
#include "gateway/cli/output.hpp"

#include <algorithm>

namespace batch::cli {

namespace {

tl::unexpected<failure> not_things(const api_client& api) {
  return fail(exit_status::failed, "the answer of " + api.server().text
                                     + " holds no things; is the URL right?");
}

/// JSON text without line feeds, which only stand between tokens.
std::string on_one_line(std::string_view json) {
  return json.find('\n') == json.npos ? std::string{json} : minify_json(json);
}

outcome<void> show_thing(api_client& api, const things_options& options,
                         output& out) {
  auto answer
    = api.get(request_path{"/things"}.segment(options.ns).segment(options.id));
  if (!answer)
    return fail(answer);
  if (options.connection.json)
    return out.line(*answer);
  std::string thing;
  split_members(*answer, [&](const json_member& m) {
    if (m.key == "thing")
      thing = on_one_line(m.value);
    return true;
  });
  return thing.empty() ? not_things(api) : out.line(thing);
}

outcome<void> list_things(api_client& api, const things_options& options,
                          output& out) {
  auto left = options.limit;
  std::string cursor;
  do {
    request_path path{"/things"};
    path.segment(options.ns)
      .parameter("limit",
                 std::to_string(std::min<uint64_t>(left, page_rows_default)))
      .optional("cursor", cursor);
    auto page = api.get(path);
    if (!page)
      return fail(page);
    outcome<void> written;
    auto next = walk_page(*page, "things", [&](std::string_view thing) {
      if (left == 0)
        return false;
      --left;
      if (!options.connection.json)
        written = out.line(on_one_line(thing));
      return written.has_value();
    });
    if (!next)
      return not_things(api);
    if (options.connection.json)
      written = out.line(*page);
    if (!written)
      return written;
    cursor = std::move(*next);
  } while (left > 0 && !cursor.empty());
  if (!cursor.empty())
    tell("there are more things; ask for them with --limit, or for all with "
         "'batchd export'");
  return {};
}

} // namespace

outcome<void> show_things(const things_options& options) {
  if (options.ns.empty())
    return wrong_usage("the namespace NS is empty");
  if (options.limit == 0)
    return wrong_usage("--limit takes a number from 1 on, not 0");
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto out = output::open("-");
  if (!out)
    return fail(out);
  return options.id.empty() ? list_things(*api, options, **out)
                            : show_thing(*api, options, **out);
}

} // namespace batch::cli
