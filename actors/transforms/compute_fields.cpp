#include "actors/transforms/transform_verbs.hpp"

#include <vector>

namespace batch {

namespace {

using computed_list
  = std::vector<std::pair<const transform_field*, std::string_view>>;

expected<void> compute(const transform_walk& walk, json_node& item,
                       const transform_field& place, computed_list& values) {
  for (const auto& child : place.children()) {
    if (!child.is_leaf()) {
      if (auto done = compute(walk, item, child, values); !done)
        return done;
      continue;
    }
    auto value = child.argument.computed->value(item, walk.pool);
    if (!value)
      return walk.fault(child, value.error().message);
    if (!value->empty())
      values.emplace_back(&child, *value);
  }
  return {};
}

} // namespace

expected<void> compute_fields(const transform_walk& walk, json_node& item,
                              const transform_field& places) {
  // All of them first: every one means the item as it was.
  computed_list values;
  if (auto done = compute(walk, item, places, values); !done)
    return done;
  for (auto [place, text] : values)
    if (auto put = place->argument.path.put(item, text, walk.pool); !put)
      return walk.fault(*place, put.error().message);
  return {};
}

} // namespace batch
