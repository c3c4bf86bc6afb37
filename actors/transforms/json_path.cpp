#include "actors/transforms/json_path.hpp"

#include "actors/transforms/json_pointer.hpp"
#include "actors/transforms/transform_walk.hpp"
#include "codecs/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace batch {

namespace {

using token_span = std::span<const path_token>;

expected<void> put_below(json_node& node, token_span rest,
                         std::string_view text, text_pool& pool);

/// Puts a value at or below a child that is there already.
expected<void> put_into(json_node& child, token_span rest,
                        std::string_view text, text_pool& pool) {
  if (!rest.empty())
    return put_below(child, rest, text, pool);
  child.replace(text);
  return {};
}

expected<void> append(json_node& node, token_span rest, std::string_view text,
                      text_pool& pool) {
  json_node child;
  if (node.is_object()) {
    child.name = rest.front().name;
    child.key = rest.front().key;
  }
  child.text = "{}";
  if (auto put = put_into(child, rest.subspan(1), text, pool); !put)
    return put;
  node.children.push_back(std::move(child));
  return {};
}

expected<void> put_below(json_node& node, token_span rest,
                         std::string_view text, text_pool& pool) {
  if (!node.is_object() && !node.is_array())
    return fail(ec::transform_failed, "it leads into "
                                        + std::string{describe_json(node)}
                                        + ", which is no object or array");
  if (!node.open(pool))
    return fail(ec::transform_failed, "the item is not JSON");
  const auto& token = rest.front();
  json_node* child = nullptr;
  if (node.is_object()) {
    child = find_member(node, token.key);
  } else {
    auto count = node.children.size();
    auto index = token.key == "-" ? count : token.index;
    if (!index)
      return fail(ec::transform_failed, "it leads into an array, where only an "
                                        "index or \"-\" is a place");
    if (*index > count)
      return fail(ec::transform_failed,
                  "the array has only " + std::to_string(count) + " elements");
    if (*index < count)
      child = &node.children[*index];
  }
  auto put = child ? put_into(*child, rest.subspan(1), text, pool)
                   : append(node, rest, text, pool);
  if (!put)
    return put;
  node.is_changed = true;
  if (child && node.is_object() && rest.size() == 1) {
    // Members before it that have its key.
    for (auto x = node.children.data(); x != child; ++x)
      x->is_dropped = x->key == token.key;
    node.sweep();
  }
  return {};
}

} // namespace

path_token::path_token(std::string token)
  : key(std::move(token)), index(parse_index(key)) {
  append_json_string(name, key);
}

expected<json_path> json_path::of_field(std::string_view field) {
  auto tokens = parse_field(field);
  if (!tokens)
    return fail(tokens);
  json_path path;
  path.text_ = field;
  for (auto& token : *tokens)
    path.tokens_.emplace_back(std::move(token));
  return path;
}

expected<json_path> json_path::of_pointer(std::string_view pointer) {
  if (pointer.empty())
    return json_path{};
  if (!pointer.starts_with('/'))
    return fail(ec::invalid_option,
                "a JSON Pointer must be empty or begin with \"/\"");
  return of_field(pointer);
}

json_node* json_path::find(json_node& root, text_pool& pool) const {
  auto at = &root;
  for (const auto& token : tokens_) {
    if (at->is_object()) {
      at = at->open(pool) ? find_member(*at, token.key) : nullptr;
    } else if (at->is_array() && token.index) {
      at = at->open(pool) && *token.index < at->children.size()
             ? &at->children[*token.index]
             : nullptr;
    } else {
      return nullptr;
    }
    if (!at)
      return nullptr;
  }
  return at;
}

expected<void> json_path::put(json_node& root, std::string_view text,
                              text_pool& pool) const {
  return put_into(root, tokens_, text, pool);
}

json_node* find_member(json_node& open_object, std::string_view key) {
  auto& members = open_object.children;
  for (auto n = members.size(); n > 0; --n)
    if (members[n - 1].key == key)
      return &members[n - 1];
  return nullptr;
}

std::optional<size_t> parse_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0'))
    return std::nullopt;
  uint32_t index = 0;
  auto end = token.data() + token.size();
  auto [rest, fault] = std::from_chars(token.data(), end, index);
  if (fault != std::errc{} || rest != end)
    return std::nullopt;
  return index;
}

} // namespace batch
