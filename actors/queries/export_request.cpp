#include "actors/queries/export_request.hpp"

#include "codecs/items.hpp"
#include "codecs/limits.hpp"

namespace batch {

namespace {
constexpr std::string_view format_names[]
  = {"json", "ndjson", "csv", "npy", "ids"};
constexpr std::string_view kind_names[]
  = {"things", "relationships", "embeddings"};
} // namespace

std::optional<export_format> parse_export_format(std::string_view name) {
  for (size_t i = 0; i < std::size(format_names); ++i)
    if (format_names[i] == name)
      return static_cast<export_format>(i);
  return std::nullopt;
}

std::string_view to_string(export_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

std::optional<export_kind> parse_export_kind(std::string_view name) {
  for (size_t i = 0; i < std::size(kind_names); ++i)
    if (kind_names[i] == name)
      return static_cast<export_kind>(i);
  return std::nullopt;
}

expected<export_cursor> parse_export_cursor(std::string_view text) {
  auto slash = text.find('/');
  auto kind = parse_export_kind(text.substr(0, slash));
  if (slash == text.npos || !kind)
    return fail(ec::invalid_request,
                "cursor: expected the kind and the id of the last record that "
                "has come, e.g. cursor=things/p1 or cursor=relationships/r1");
  auto id = text.substr(slash + 1);
  if (auto ok = check_name("cursor: the id", id, id_bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message);
  return export_cursor{*kind, std::string{id}};
}

expected<void> check_export(const export_request& request) {
  auto kind = request.kind;
  auto is_matrix = request.format == export_format::npy
                   || request.format == export_format::ids;
  if (is_matrix && kind != export_kind::embeddings)
    return fail(ec::invalid_request, "format: npy and ids are formats of "
                                     "embeddings; add kind=embeddings");
  if (is_matrix && request.fields)
    return fail(ec::invalid_request,
                "fields: not with format=npy or format=ids, which have one "
                "thing each");
  if (kind == export_kind::embeddings && !request.type.empty())
    return fail(ec::invalid_request,
                "type: an embedding has none; leave it out, or ask for "
                "kind=things or kind=relationships");
  if (!request.after)
    return {};
  auto after = request.after->kind;
  auto is_asked_for = kind ? *kind == after : after != export_kind::embeddings;
  if (!is_asked_for)
    return fail(ec::invalid_request,
                "cursor: is one of kind=" + std::string{to_string(after)}
                  + ", which this export does not have; give the cursor with "
                    "the parameters of the export that it goes on with");
  if (!request.after->id.starts_with(request.prefix))
    return fail(ec::invalid_request,
                "cursor: its id does not begin with prefix=" + request.prefix
                  + "; give the cursor with the parameters of the export that "
                    "it goes on with");
  return {};
}

} // namespace batch
