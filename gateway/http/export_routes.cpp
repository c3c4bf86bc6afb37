#include "actors/queries/export_stream.hpp"
#include "codecs/items.hpp"
#include "codecs/time.hpp"
#include "gateway/http/context.hpp"
#include "gateway/http/placed_stream.hpp"

namespace batch {

namespace {

std::string_view content_type(export_format format) {
  switch (format) {
  case export_format::json:
    return "application/json";
  case export_format::ndjson:
    return "application/x-ndjson";
  case export_format::csv:
    return "text/csv; charset=utf-8; header=present";
  case export_format::npy:
    return "application/octet-stream";
  case export_format::ids:
    return "text/plain; charset=utf-8";
  }
  return "application/octet-stream";
}

expected<std::optional<export_kind>> read_kind(const http_request& request) {
  auto name = request.parameter("kind");
  if (!name)
    return std::nullopt;
  auto kind = parse_export_kind(*name);
  if (!kind)
    return fail(ec::invalid_request,
                "kind: expected things, relationships or embeddings");
  return kind;
}

/// A parameter that is a name or the begin of one; empty if it is absent.
expected<std::string> read_name(const http_request& request,
                                std::string_view parameter, size_t bytes_max) {
  auto name = request.parameter(parameter);
  if (!name)
    return std::string{};
  if (auto ok = check_name(parameter, *name, bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message);
  return *name;
}

expected<csv_formulas> read_formulas(const http_request& request) {
  auto name = request.parameter("formulas").value_or("raw");
  if (name == "raw")
    return csv_formulas::raw;
  if (name == "escape")
    return csv_formulas::escape;
  return fail(ec::invalid_request, "formulas: expected raw or escape");
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// The file name as it is, or (RFC 6266) in an ASCII form and an encoded one.
std::string disposition(const std::string& name) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string plain, encoded;
  bool all_plain = true;
  for (auto c : name) {
    auto byte = static_cast<unsigned char>(c);
    auto is_quotable
      = byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '/';
    all_plain &= is_quotable;
    plain.push_back(is_quotable ? c : '_');
    if (is_plain(c)) {
      encoded.push_back(c);
    } else {
      encoded.push_back('%');
      encoded.push_back(hex[byte >> 4]);
      encoded.push_back(hex[byte & 15]);
    }
  }
  auto value = "attachment; filename=\"" + plain + "\"";
  return all_plain ? value : value + "; filename*=UTF-8''" + encoded;
}

/// What part of the namespace is asked for, and how it is written.
expected<export_request> read_request(const http_request& request,
                                      export_format format) {
  export_request wanted;
  wanted.ns = request.arguments[0];
  wanted.format = format;
  if (auto ok = check_name("ns", wanted.ns, ns_bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message);
  auto kind = read_kind(request);
  if (!kind)
    return fail(kind);
  wanted.kind = *kind;
  auto formulas = read_formulas(request);
  if (!formulas)
    return fail(formulas);
  wanted.formulas = *formulas;
  auto type = read_name(request, "type", type_bytes_max);
  if (!type)
    return fail(type);
  wanted.type = std::move(*type);
  auto prefix = read_name(request, "prefix", id_bytes_max);
  if (!prefix)
    return fail(prefix);
  wanted.prefix = std::move(*prefix);
  if (auto names = request.parameter("fields")) {
    auto fields = parse_record_fields(*names);
    if (!fields)
      return fail(fields);
    wanted.fields = std::move(*fields);
  }
  if (auto text = request.parameter("cursor")) {
    auto cursor = parse_export_cursor(*text);
    if (!cursor)
      return fail(cursor);
    wanted.after = std::move(*cursor);
  }
  if (request.parameter("limit")) {
    auto limit = number_parameter(request, "limit", 1, 1, export_limit_max);
    if (!limit)
      return fail(limit);
    wanted.limit = *limit;
  }
  if (auto ok = check_export(wanted); !ok)
    return fail(ok);
  return wanted;
}

expected<http_response> export_namespace(gateway_context& context,
                                         const http_request& request) {
  if (auto ok
      = check_parameters(request, {"format", "kind", "formulas", "type",
                                   "prefix", "fields", "cursor", "limit"});
      !ok)
    return fail(ok);
  auto name = request.parameter("format").value_or("json");
  auto format = parse_export_format(name);
  if (!format)
    return fail(ec::invalid_request,
                "format: expected json, csv, ndjson, npy or ids");
  auto wanted = read_request(request, *format);
  if (!wanted)
    return fail(wanted);
  auto slot = context.streams.take();
  if (!slot)
    return fail(slot);
  http_response response;
  response.content_type = content_type(*format);
  response.headers.emplace_back("Content-Disposition",
                                disposition(wanted->ns + "." + name));
  // Before the snapshot: what was acknowledged by then is in it.
  response.headers.emplace_back("X-Snapshot-Time", format_time(now_ms()));
  auto begun = begin_export(context.store, std::move(*wanted));
  if (!begun)
    return fail(begun);
  if (begun->records)
    response.headers.emplace_back("X-Total-Count",
                                  std::to_string(*begun->records));
  response.stream = std::make_unique<placed_stream>(std::move(begun->stream),
                                                    std::move(*slot));
  return response;
}

} // namespace

void add_export_routes(router& routes, gateway_context& context) {
  routes.add("GET", "/export/:ns", [&context](http_request& request) {
    return export_namespace(context, request);
  });
}

} // namespace batch
