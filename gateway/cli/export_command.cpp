#include "gateway/cli/commands.hpp"

#include "gateway/cli/output.hpp"
#include "gateway/cli/resume_point.hpp"
#include "gateway/cli/terminal_text.hpp"

#include <algorithm>

namespace batch::cli {

namespace {

/// Names of `--fields`.
bool has_field(std::string_view fields, std::string_view name) {
  auto all = ',' + std::string{fields} + ',';
  return all.find(',' + std::string{name} + ',') != all.npos;
}

/// Whether lines of such an export say where to go on.
bool can_be_resumed(const export_options& o) {
  auto needs_more
    = !o.fields.empty() && (!has_field(o.fields, "id") || o.kind.empty());
  return o.format == "ndjson" && !needs_more;
}

outcome<void> check_resume(const export_options& o) {
  if (o.output.empty() || o.output == "-")
    return wrong_usage("--resume needs a file, -o FILE");
  if (o.format != "ndjson")
    return wrong_usage("--resume needs --format ndjson, whose lines can be "
                       "gone on with");
  if (!can_be_resumed(o))
    return wrong_usage("--resume with --fields needs --kind, and id among the "
                       "fields: else the last line does not say where to go "
                       "on");
  return {};
}

request_path path_of(const export_options& o) {
  request_path path{"/export"};
  path.segment(o.ns)
    .optional("format", o.format)
    .optional("kind", o.kind)
    .optional("type", o.type)
    .optional("prefix", o.prefix)
    .optional("fields", o.fields);
  return path;
}

/// Whether there is a thing of this id that looks like a relationship.
outcome<bool> is_like_a_thing(api_client& api, const std::string& ns,
                              const std::string& id) {
  request_path path{"/export"};
  path.segment(ns)
    .parameter("format", "ndjson")
    .parameter("kind", "things")
    .parameter("prefix", id)
    .parameter("limit", "1")
    .parameter("fields", "id,fromNs,fromId,toNs,toId");
  auto lines = api.get(path); // the first one with that prefix is the shortest
  if (!lines)
    return fail(lines);
  if (lines->empty() || !looks_like_relationship(*lines))
    return false;
  auto first = read_resume_point(*lines, ns, "things");
  return first && first->id == id;
}

/// The cursor of the last line that has come; empty if none has.
outcome<std::string> cursor_of(api_client& api, const export_options& o,
                               const output& out) {
  if (out.last_line().empty())
    return std::string{};
  auto point = read_resume_point(out.last_line(), o.ns, o.kind);
  if (!point)
    return fail(point.error().status, out.name() + " cannot be gone on with: "
                                        + point.error().message);
  if (!point->may_be_a_thing)
    return point->cursor;
  auto like_a_thing = is_like_a_thing(api, o.ns, point->id);
  if (!like_a_thing)
    return fail(like_a_thing);
  if (*like_a_thing)
    return fail(exit_status::failed,
                "the last line of " + out.name()
                  + " may be a thing or a relationship; export the two apart, "
                    "with --kind");
  return point->cursor;
}

} // namespace

outcome<void> export_ns(const export_options& options) {
  if (options.ns.empty())
    return wrong_usage("the namespace NS is empty");
  if (options.resume)
    if (auto ok = check_resume(options); !ok)
      return ok;
  auto api = api_client::connect(options.connection);
  if (!api)
    return fail(api);
  auto out = options.resume ? output::resume(options.output)
                            : output::open(options.output);
  if (!out)
    return fail(out);
  auto path = path_of(options);
  if (options.resume) {
    auto cursor = cursor_of(*api, options, **out);
    if (!cursor)
      return fail(cursor);
    path.optional("cursor", *cursor);
  }
  bool has_come = options.resume;
  auto copied = api->get_stream(path, [&](std::string_view piece) {
    has_come = true;
    return (*out)->write(piece);
  });
  if (copied)
    return (*out)->finish();
  // What has come is worth keeping only if it can be gone on with.
  if (!has_come || !can_be_resumed(options) || copied.error().message.empty())
    return copied;
  auto kept = (*out)->keep();
  if (!kept.empty())
    copied.error().message += "; what came is kept in " + kept
                              + ": go on with the same command and --resume";
  return copied;
}

} // namespace batch::cli
