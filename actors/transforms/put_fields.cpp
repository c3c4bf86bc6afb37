#include "actors/transforms/transform_verbs.hpp"

#include <string>

namespace batch {

namespace {

/// Puts what a place says into a child that is there already.
/// @returns true if the child itself was replaced.
expected<bool> put_into(const transform_walk& walk, json_node& child,
                        const transform_field& place) {
  if (!place.is_leaf()) {
    auto inner = put_fields(walk, child, place);
    return inner ? expected<bool>{false} : fail(inner);
  }
  if (walk.step.verb == transform_verb::set_default && child.text != "null")
    return false;
  child.replace(place.argument.text);
  return true;
}

/// Adds a child for a place, with the objects that lead to its fields.
expected<void> append(const transform_walk& walk, json_node& node,
                      const transform_field& place) {
  json_node child;
  if (node.is_object()) {
    child.name = place.name();
    child.key = place.key();
  }
  child.text = place.is_leaf() ? std::string_view{place.argument.text} : "{}";
  if (!place.is_leaf())
    if (auto inner = put_fields(walk, child, place); !inner)
      return inner;
  node.children.push_back(std::move(child));
  node.is_changed = true;
  return {};
}

expected<void> put_members(const transform_walk& walk, json_node& node,
                           const transform_field& places) {
  field_set found;
  field_set replaced;
  auto done = walk.match(
    node, places,
    [&](json_node& child, size_t i, bool is_earlier) -> expected<void> {
      if (is_earlier) {
        child.is_dropped = replaced[i];
        return {};
      }
      found.set(i);
      auto put = put_into(walk, child, places.children()[i]);
      if (!put)
        return fail(put);
      replaced.set(i, *put);
      node.is_changed |= *put || child.is_changed;
      return {};
    });
  if (!done)
    return done;
  if (replaced.any())
    node.sweep();
  for (size_t i = 0; i < places.children().size(); ++i)
    if (!found[i])
      if (done = append(walk, node, places.children()[i]); !done)
        return done;
  return {};
}

expected<void> put_elements(const transform_walk& walk, json_node& node,
                            const transform_field& places) {
  if (!node.open(walk.pool))
    return walk.fault(places, "the item is not JSON");
  for (const auto& place : places.children()) {
    auto index = place.key() == "-" ? node.children.size() : place.index();
    if (!index)
      return walk.fault(place, "it leads into an array, where only an index "
                               "or \"-\" is a place");
    if (*index > node.children.size())
      return walk.fault(place, "the array has only "
                                 + std::to_string(node.children.size())
                                 + " elements");
    if (*index == node.children.size()) {
      if (auto done = append(walk, node, place); !done)
        return done;
      continue;
    }
    auto& child = node.children[*index];
    auto put = put_into(walk, child, place);
    if (!put)
      return fail(put);
    node.is_changed |= *put || child.is_changed;
  }
  return {};
}

} // namespace

expected<void> put_fields(const transform_walk& walk, json_node& node,
                          const transform_field& places) {
  if (node.is_object())
    return put_members(walk, node, places);
  if (node.is_array())
    return put_elements(walk, node, places);
  return walk.fault(places, "it leads into " + std::string{describe_json(node)}
                              + ", which is no object or array");
}

} // namespace batch
