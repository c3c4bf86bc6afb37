#include "gateway/http/message.hpp"

#include <algorithm>
#include <charconv>

namespace batch {

namespace {

std::string trimmed_lower(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t'))
    text.remove_suffix(1);
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return out;
}

} // namespace

std::optional<std::string>
http_request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name)
      return value;
  return std::nullopt;
}

std::string http_request::media_type() const {
  auto type = header("Content-Type");
  return trimmed_lower(std::string_view{type}.substr(0, type.find(';')));
}

std::optional<std::string>
http_request::media_parameter(std::string_view name) const {
  auto type = header("Content-Type");
  std::string_view rest = type;
  while (rest.find(';') != rest.npos) {
    rest.remove_prefix(rest.find(';') + 1);
    auto part = rest.substr(0, rest.find(';'));
    auto equals = part.find('=');
    if (equals == part.npos || trimmed_lower(part.substr(0, equals)) != name)
      continue;
    auto value = trimmed_lower(part.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

http_response json_response(int status, std::string body) {
  http_response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

expected<void> check_parameters(const http_request& request,
                                std::initializer_list<std::string_view> known) {
  auto matches = [](std::string_view name, std::string_view pattern) {
    return pattern.ends_with('.') ? name.starts_with(pattern) : name == pattern;
  };
  for (const auto& [name, value] : request.query)
    if (std::ranges::none_of(known, [&](std::string_view pattern) {
          return matches(name, pattern);
        })) {
      std::string names;
      for (auto pattern : known)
        names += (names.empty() ? "" : ", ") + std::string{pattern};
      return fail(ec::invalid_request, "unknown parameter '" + name
                                         + "'; this route takes "
                                         + (names.empty() ? "none" : names));
    }
  return {};
}

expected<size_t> number_parameter(const http_request& request,
                                  std::string_view name, size_t otherwise,
                                  size_t lowest, size_t highest) {
  auto text = request.parameter(name);
  if (!text)
    return otherwise;
  size_t number = 0;
  auto last = text->data() + text->size();
  auto [end, err] = std::from_chars(text->data(), last, number);
  if (err != std::errc{} || end != last || number < lowest || number > highest)
    return fail(ec::invalid_request,
                std::string{name} + ": expected a whole number from "
                  + std::to_string(lowest) + " to " + std::to_string(highest));
  return number;
}

} // namespace batch
