#include "actors/transforms/transform_verbs.hpp"

namespace batch {

expected<void> omit_fields(const transform_walk& walk, json_node& node,
                           const transform_field& places) {
  bool drops = false;
  auto done = walk.match(
    node, places,
    [&](json_node& child, size_t i, bool is_earlier) -> expected<void> {
      const auto& place = places.children()[i];
      if (place.is_leaf()) {
        child.is_dropped = drops = true;
        return {};
      }
      if (is_earlier)
        return {};
      auto inner = omit_fields(walk, child, place);
      node.is_changed |= child.is_changed;
      return inner;
    });
  if (drops) {
    node.is_changed = true;
    node.sweep();
  }
  return done;
}

} // namespace batch
