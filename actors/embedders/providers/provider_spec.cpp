#include "actors/embedders/providers/provider_spec.hpp"

#include "actors/embedders/embedder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

namespace batch {

namespace {

constexpr std::array kinds{provider_kind::openai, provider_kind::ollama,
                           provider_kind::tei, provider_kind::llamacpp};

/// What one call may hold where nothing is said. Source: OpenAI's and TEI's
/// documents (TEI takes bodies of 2 MB, and text grows when it is escaped);
/// the other two have no bound, and do one text after another.
batch_limits limits_of(provider_kind kind) {
  switch (kind) {
  case provider_kind::openai:
    return {2048, 8 << 20, 300'000};
  case provider_kind::tei:
    return {32, 1'500'000, SIZE_MAX};
  case provider_kind::ollama:
  case provider_kind::llamacpp:
    break;
  }
  return {128, 1 << 20, SIZE_MAX};
}

tl::unexpected<error> wrong(const std::string& what) {
  return fail(ec::invalid_request,
              what
                + "; right would be "
                  "openai:https://api.openai.com/v1#text-embedding-3-small");
}

bool is_foreign(char c) {
  return static_cast<unsigned char>(c) <= 0x20
         || static_cast<unsigned char>(c) >= 0x7F;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

template <class Number>
std::optional<Number> number_of(std::string_view text, Number min, Number max) {
  Number x = 0;
  auto last = text.data() + text.size();
  auto [end, err] = std::from_chars(text.data(), last, x);
  if (err != std::errc{} || end != last || x < min || x > max)
    return std::nullopt;
  return x;
}

/// Splits "host", "host:port", "[host]", "[host]:port".
bool split_host(std::string_view authority, std::string_view& host,
                std::string_view& port) {
  auto end = authority.starts_with('[') ? authority.find(']') : 0;
  if (end == authority.npos)
    return false;
  auto colon = authority.find(':', end);
  host = authority.substr(0, colon);
  if (end > 0) {
    if (authority.size() > end + 1 && colon != end + 1)
      return false;
    host = authority.substr(1, end - 1);
  }
  port = colon == authority.npos ? "" : authority.substr(colon + 1);
  return !host.empty() && (colon == authority.npos || !port.empty());
}

expected<void> read_url(std::string_view text, provider_spec& out) {
  auto rest = text;
  out.is_tls = take_prefix(rest, "https://");
  if (!out.is_tls && !take_prefix(rest, "http://"))
    return wrong("its URL begins with neither http:// nor https://");
  auto slash = rest.find('/');
  auto authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos)
    return wrong("a URL with a user or a key in it is not taken: it would be "
                 "shown; see key-file and BATCHD_EMBEDDER_KEY");
  if (std::ranges::any_of(text, is_foreign))
    return wrong("its URL holds white space or bytes that are not ASCII");
  std::string_view host;
  std::string_view port;
  if (!split_host(authority, host, port))
    return wrong("its URL names no host");
  out.host = host;
  out.port = out.is_tls ? 443 : 80;
  if (!port.empty()) {
    auto number = number_of<uint16_t>(port, 1, UINT16_MAX);
    if (!number)
      return wrong("the port of its URL is not a number from 1 to 65535");
    out.port = *number;
  }
  if (slash != rest.npos)
    out.base_path = rest.substr(slash);
  while (out.base_path.ends_with('/'))
    out.base_path.pop_back();
  out.url = text;
  return {};
}

expected<void> read_option(std::string_view text, provider_spec& out) {
  auto equals = text.find('=');
  auto name = text.substr(0, equals);
  auto value = equals == text.npos ? "" : text.substr(equals + 1);
  std::string label{name};
  auto take = [&](size_t min, size_t max, auto&& set) -> expected<void> {
    auto number = number_of<size_t>(value, min, max);
    if (!number)
      return fail(ec::invalid_request, label + ": expected a number from "
                                         + std::to_string(min) + " to "
                                         + std::to_string(max));
    set(*number);
    return {};
  };
  auto take_path = [&](std::string& path) -> expected<void> {
    path = value;
    if (value.empty())
      return fail(ec::invalid_request, label + ": expected a path");
    return {};
  };
  if (name == "dimensions")
    return take(1, vector_dimensions_max,
                [&](size_t x) { out.dimensions = static_cast<uint32_t>(x); });
  if (name == "key-file")
    return take_path(out.key_file);
  if (name == "ca-file")
    return take_path(out.ca_file);
  if (name == "timeout")
    return take(1, 3600,
                [&](size_t x) { out.timeout = std::chrono::seconds{x}; });
  if (name == "inputs")
    return take(1, 100'000, [&](size_t x) {
      out.limits.inputs = x;
      out.has_inputs = true;
    });
  if (name == "bytes")
    return take(1, 64 << 20, [&](size_t x) { out.limits.bytes = x; });
  if (name == "tokens")
    return take(1, 100'000'000, [&](size_t x) { out.limits.tokens = x; });
  if (name == "calls")
    return take(1, 256, [&](size_t x) { out.calls_max = x; });
  if (name == "text-bytes")
    return take(64, 64 << 20, [&](size_t x) { out.text_bytes_max = x; });
  // What stands there may be a key that somebody tries to give.
  return fail(ec::invalid_request,
              "an option of it is not known; expected dimensions, key-file, "
              "ca-file, timeout, inputs, bytes, tokens, calls or text-bytes");
}

std::optional<provider_kind> kind_of(std::string_view spec) {
  auto name = spec.substr(0, spec.find(':'));
  for (auto kind : kinds)
    if (name == to_string(kind) && name.size() < spec.size())
      return kind;
  return std::nullopt;
}

} // namespace

std::string_view to_string(provider_kind x) {
  switch (x) {
  case provider_kind::openai:
    return "openai";
  case provider_kind::ollama:
    return "ollama";
  case provider_kind::tei:
    return "tei";
  case provider_kind::llamacpp:
    break;
  }
  return "llamacpp";
}

bool names_provider(std::string_view spec) {
  return kind_of(spec).has_value();
}

expected<provider_spec> parse_provider(std::string_view spec) {
  auto kind = kind_of(spec);
  if (!kind)
    return wrong("it names no kind of provider");
  provider_spec out;
  out.kind = *kind;
  out.limits = limits_of(*kind);
  auto rest = spec.substr(spec.find(':') + 1);
  if (auto hash = rest.find('#'); hash != rest.npos) {
    out.model = rest.substr(hash + 1);
    rest = rest.substr(0, hash);
  }
  auto question = rest.find('?');
  auto options = question == rest.npos ? "" : rest.substr(question + 1);
  if (auto ok = read_url(rest.substr(0, question), out); !ok)
    return fail(ok);
  while (!options.empty()) {
    auto end = std::min(options.find('&'), options.size());
    if (auto ok = read_option(options.substr(0, end), out); !ok)
      return fail(ok);
    options.remove_prefix(std::min(end + 1, options.size()));
  }
  auto needs_model
    = out.kind == provider_kind::openai || out.kind == provider_kind::ollama;
  if (needs_model && out.model.empty())
    return wrong("it names no model behind '#'");
  if (!out.model.empty())
    if (auto name = model_name_of(out); !name)
      return fail(name);
  return out;
}

expected<std::string> model_name_of(const provider_spec& spec) {
  auto name = std::string{to_string(spec.kind)} + "/" + spec.model;
  if (spec.dimensions)
    name += "@" + std::to_string(*spec.dimensions);
  if (spec.model.empty() || name.size() > model_name_bytes_max
      || std::ranges::any_of(name, is_foreign))
    return fail(ec::invalid_request,
                "the name of its model is not up to "
                  + std::to_string(model_name_bytes_max)
                  + " printable ASCII characters, the kind of provider before "
                    "it included");
  return name;
}

} // namespace batch
