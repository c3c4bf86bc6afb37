#include "actors/transforms/transform_verbs.hpp"

namespace batch {

expected<bool> pick_fields(const transform_walk& walk, json_node& node,
                           const transform_field& places) {
  if (!node.is_object() && !node.is_array())
    return false;
  if (!node.open(walk.pool))
    return walk.fault(places, "the item is not JSON");
  size_t kept = 0;
  // A child is dropped unless a field keeps it.
  for (auto& child : node.children)
    child.is_dropped = true;
  auto done = walk.match(
    node, places,
    [&](json_node& child, size_t i, bool is_earlier) -> expected<void> {
      if (is_earlier)
        return {};
      const auto& place = places.children()[i];
      if (!place.is_leaf()) {
        auto found = pick_fields(walk, child, place);
        if (!found)
          return fail(found);
        if (!*found)
          return {};
      }
      child.is_dropped = false;
      node.is_changed |= child.is_changed;
      ++kept;
      return {};
    });
  if (!done)
    return fail(done);
  if (kept < node.children.size()) {
    node.is_changed = true;
    node.sweep();
  }
  return kept > 0;
}

} // namespace batch
