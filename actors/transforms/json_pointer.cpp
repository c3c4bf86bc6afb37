#include "actors/transforms/json_pointer.hpp"

#include "actors/transforms/transform.hpp"

namespace batch {

namespace {

expected<std::string> unescape_token(std::string_view token) {
  std::string unescaped;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      unescaped += token[i];
      continue;
    }
    ++i;
    if (i == token.size() || (token[i] != '0' && token[i] != '1'))
      return fail(ec::invalid_option,
                  "in a JSON Pointer, ~ must be followed by 0 or 1");
    unescaped += token[i] == '0' ? '~' : '/';
  }
  return unescaped;
}

} // namespace

expected<std::vector<std::string>> parse_field(std::string_view field) {
  if (field.empty())
    return fail(ec::invalid_option, "a field must not be empty");
  if (!field.starts_with('/'))
    return std::vector{std::string{field}};
  std::vector<std::string> tokens;
  for (size_t slash = 0; slash != std::string_view::npos;) {
    auto next = field.find('/', slash + 1);
    auto token = unescape_token(field.substr(slash + 1, next - slash - 1));
    if (!token)
      return fail(token);
    tokens.push_back(std::move(*token));
    slash = next;
  }
  if (tokens.size() > transform_tokens_max)
    return fail(ec::invalid_option,
                "the JSON Pointer has " + std::to_string(tokens.size())
                  + " tokens, at most " + std::to_string(transform_tokens_max)
                  + " are taken");
  return tokens;
}

std::string pointer_below(std::string pointer, std::string_view token) {
  pointer += '/';
  for (char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

} // namespace batch
