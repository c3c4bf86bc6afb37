#include "actors/queries/export_stream.hpp"
#include "codecs/items.hpp"
#include "gateway/http/context.hpp"

namespace batch {

namespace {

struct named_format {
  std::string_view name;
  export_format format;
  std::string_view content_type;
};

constexpr named_format formats[] = {
  {"json", export_format::json, "application/json"},
  {"ndjson", export_format::ndjson, "application/x-ndjson"},
  {"csv", export_format::csv, "text/csv; charset=utf-8; header=present"},
};

const named_format* find_format(std::string_view name) {
  for (const auto& x : formats)
    if (x.name == name)
      return &x;
  return nullptr;
}

expected<std::optional<export_kind>> read_kind(const http_request& request) {
  auto name = request.parameter("kind");
  if (!name)
    return std::nullopt;
  if (*name == "things")
    return export_kind::things;
  if (*name == "relationships")
    return export_kind::relationships;
  if (*name == "embeddings")
    return export_kind::embeddings;
  return fail(ec::invalid_request,
              "kind: expected things, relationships or embeddings");
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

expected<http_response> export_namespace(const gateway_context& context,
                                         const http_request& request) {
  if (auto ok = check_parameters(request, {"format", "kind", "formulas"}); !ok)
    return fail(ok);
  const auto& ns = request.arguments[0];
  if (auto ok = check_name("ns", ns, ns_bytes_max); !ok)
    return fail(ec::invalid_request, ok.error().message);
  auto format = find_format(request.parameter("format").value_or("json"));
  if (!format)
    return fail(ec::invalid_request, "format: expected json, csv or ndjson");
  auto kind = read_kind(request);
  if (!kind)
    return fail(kind);
  auto formulas = read_formulas(request);
  if (!formulas)
    return fail(formulas);
  http_response response;
  response.content_type = format->content_type;
  response.headers.emplace_back(
    "Content-Disposition", disposition(ns + "." + std::string{format->name}));
  response.stream
    = make_export_stream(context.store, {ns, format->format, *kind, *formulas});
  return response;
}

} // namespace

void add_export_routes(router& routes, gateway_context& context) {
  routes.add("GET", "/export/:ns", [&context](http_request& request) {
    return export_namespace(context, request);
  });
}

} // namespace batch
