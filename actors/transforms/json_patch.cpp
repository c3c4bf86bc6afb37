#include "actors/transforms/json_patch.hpp"

#include "actors/transforms/json_compare.hpp"
#include "actors/transforms/operand.hpp"
#include "actors/transforms/transform_walk.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>
#include <iterator>

namespace batch {

namespace {

struct verb_entry {
  std::string_view name;
  patch_verb verb;
};

constexpr verb_entry verbs[] = {
  {"add", patch_verb::add},         {"remove", patch_verb::remove},
  {"replace", patch_verb::replace}, {"move", patch_verb::move},
  {"copy", patch_verb::copy},       {"test", patch_verb::test},
};

auto refuse(std::string reason) {
  return fail(ec::transform_failed, std::move(reason));
}

/// A place that an operation is about: the container, and the child in it.
struct patch_place {
  /// The nodes from the root to the container; empty if the place is the root.
  std::vector<json_node*> way;
  /// The child, or null if there is none yet.
  json_node* child = nullptr;

  json_node& container() const { return *way.back(); }
  void mark_changed() const {
    for (auto node : way)
      node->is_changed = true;
  }
};

expected<patch_place> find_place(json_node& root, const json_path& path,
                                 text_pool& pool) {
  patch_place place;
  place.child = &root;
  for (const auto& token : path.tokens()) {
    auto node = place.child;
    if (!node)
      return refuse("nothing is at the place that it is inside of");
    if (!node->is_object() && !node->is_array())
      return refuse("it leads into " + std::string{describe_json(*node)}
                    + ", which is no object or array");
    if (!node->open(pool))
      return refuse("the item is not JSON, or too large for this patch");
    place.way.push_back(node);
    if (node->is_object()) {
      place.child = find_member(*node, token.key);
      continue;
    }
    if (!token.index && token.key != "-")
      return refuse("it leads into an array, where only an index is a place");
    auto is_there = token.index && *token.index < node->children.size();
    place.child = is_there ? &node->children[*token.index] : nullptr;
  }
  return place;
}

expected<patch_place> find_existing(json_node& root, const json_path& path,
                                    text_pool& pool) {
  auto place = find_place(root, path, pool);
  if (place && !place->child)
    return refuse("nothing is there");
  return place;
}

/// Counts that the children of a container are about to be moved.
bool may_shift(const json_node& container, text_pool& pool) {
  constexpr size_t bytes_per_child = 16;
  return pool.may_open(container.children.size() * bytes_per_child);
}

expected<void> add(json_node& root, const json_path& path,
                   std::string_view text, text_pool& pool) {
  auto place = find_place(root, path, pool);
  if (!place)
    return fail(place);
  if (place->way.empty()) {
    root.replace(text);
    return {};
  }
  auto& container = place->container();
  if (!may_shift(container, pool))
    return refuse("it takes too much");
  const auto& token = path.tokens().back();
  json_node made;
  made.text = text;
  if (container.is_object()) {
    if (place->child) {
      place->child->replace(text);
    } else {
      made.name = token.name;
      made.key = token.key;
      container.children.push_back(std::move(made));
    }
  } else {
    auto count = container.children.size();
    auto index = token.index.value_or(count);
    if (index > count)
      return refuse("the array has only " + std::to_string(count)
                    + " elements");
    container.children.insert(container.children.begin()
                                + static_cast<std::ptrdiff_t>(index),
                              std::move(made));
  }
  place->mark_changed();
  return {};
}

/// Takes away every member of the key, of which only the last one counted.
expected<void> remove(json_node& root, const json_path& path, text_pool& pool) {
  auto place = find_existing(root, path, pool);
  if (!place)
    return fail(place);
  if (place->way.empty())
    return refuse("the item itself cannot be removed");
  auto& container = place->container();
  if (!may_shift(container, pool))
    return refuse("it takes too much");
  if (container.is_object()) {
    std::string key{place->child->key};
    for (auto& member : container.children)
      member.is_dropped = member.key == key;
  } else {
    place->child->is_dropped = true;
  }
  container.sweep();
  place->mark_changed();
  return {};
}

expected<void> replace(json_node& root, const json_path& path,
                       std::string_view text, text_pool& pool) {
  auto place = find_existing(root, path, pool);
  if (!place)
    return fail(place);
  place->child->replace(text);
  place->mark_changed();
  return {};
}

/// The text of a place as it is now, which later changes leave alone.
expected<std::string_view> text_at(json_node& root, const json_path& path,
                                   text_pool& pool) {
  auto place = find_existing(root, path, pool);
  if (!place)
    return fail(place);
  return current_text(*place->child, pool);
}

expected<void> apply_one(const patch_operation& x, json_node& root,
                         text_pool& pool) {
  switch (x.verb) {
  case patch_verb::add:
    return add(root, x.path, x.value, pool);
  case patch_verb::remove:
    return remove(root, x.path, pool);
  case patch_verb::replace:
    return replace(root, x.path, x.value, pool);
  case patch_verb::test: {
    auto text = text_at(root, x.path, pool);
    if (!text)
      return fail(text);
    if (!equal_json(*text, x.value, pool))
      return refuse("the value there is not the one that is tested for");
    return {};
  }
  case patch_verb::move:
  case patch_verb::copy:
    break;
  }
  auto text = text_at(root, x.from, pool);
  if (!text)
    return refuse("from: " + text.error().message);
  if (x.verb == patch_verb::move && x.from.text() == x.path.text())
    return {};
  // Counted each time, as a copy of a copy grows without end.
  auto kept = pool.keep(std::string{*text});
  if (pool.is_exhausted())
    return refuse("it makes too much of the item");
  if (x.verb == patch_verb::move)
    if (auto removed = remove(root, x.from, pool); !removed)
      return refuse("from: " + removed.error().message);
  return add(root, x.path, kept, pool);
}

expected<json_path> parse_pointer(const placed_json& operation,
                                  std::string_view name) {
  auto& children = operation.node.children;
  auto member = std::ranges::find(children, name, &json_node::key);
  if (member == children.end())
    return operation.fault("lacks the member \"" + std::string{name} + "\"");
  auto value = operation.below(*member, name);
  if (!value.is_string())
    return value.fault("must be a string with a JSON Pointer");
  auto path = json_path::of_pointer(value.content());
  if (!path)
    return value.fault(path.error().message);
  return path;
}

expected<patch_operation> parse_operation(placed_json value, text_pool& pool) {
  if (auto opened = value.open_object(pool); !opened)
    return fail(opened);
  auto& children = value.node.children;
  auto op = std::ranges::find(children, "op", &json_node::key);
  auto name = op == children.end() ? placed_json{} : value.below(*op, "op");
  auto entry = std::ranges::find(
    verbs, name.is_string() ? name.content() : "",
    [](const verb_entry& x) { return std::string{x.name}; });
  if (op == children.end())
    return value.fault("lacks the member \"op\"");
  if (entry == std::end(verbs))
    return name.fault("must be add, remove, replace, move, copy or test");
  patch_operation parsed;
  parsed.verb = entry->verb;
  auto path = parse_pointer(value, "path");
  if (!path)
    return fail(path);
  parsed.path = std::move(*path);
  if (parsed.verb == patch_verb::move || parsed.verb == patch_verb::copy) {
    auto from = parse_pointer(value, "from");
    if (!from)
      return fail(from);
    parsed.from = std::move(*from);
    if (parsed.verb == patch_verb::move
        && parsed.path.text().starts_with(parsed.from.text() + "/"))
      return value.fault("moves a value into itself");
  } else if (parsed.verb != patch_verb::remove) {
    auto member = std::ranges::find(children, "value", &json_node::key);
    if (member == children.end())
      return value.fault("lacks the member \"value\"");
    parsed.value = minify_json(member->text);
  } else if (parsed.path.tokens().empty()) {
    return value.fault("removes the item itself; filter drops items");
  }
  return parsed;
}

} // namespace

expected<json_patch> json_patch::parse(placed_json value, text_pool& pool) {
  if (auto opened = value.open_array(pool, "operations"); !opened)
    return fail(opened);
  if (auto counted = value.check_count("operations", patch_operations_max);
      !counted)
    return fail(counted);
  json_patch patch;
  for (size_t i = 0; i < value.node.children.size(); ++i) {
    auto parsed = parse_operation(value.below(value.node.children[i], i), pool);
    if (!parsed)
      return fail(parsed);
    patch.operations_.push_back(std::move(*parsed));
  }
  return patch;
}

expected<void> json_patch::apply(json_node& root, text_pool& pool) const {
  for (size_t i = 0; i < operations_.size(); ++i) {
    auto done = apply_one(operations_[i], root, pool);
    if (done)
      continue;
    auto entry
      = std::ranges::find(verbs, operations_[i].verb, &verb_entry::verb);
    return refuse(std::to_string(i) + "/" + std::string{entry->name} + ": "
                  + done.error().message);
  }
  return {};
}

} // namespace batch
