// Walking over an item and the fields of a step together.
#pragma once

#include "actors/transforms/json_node.hpp"
#include "actors/transforms/transform.hpp"
#include "actors/transforms/transform_step.hpp"
#include "codecs/error.hpp"

#include <bitset>
#include <cstdint>
#include <string_view>

namespace batch {

/// A set of the fields below one place, by their position there.
using field_set = std::bitset<transform_fields_max>;

/// What every verb needs while a step is done to an item.
struct transform_walk {
  const transform_step& step;
  /// Must outlive the item's nodes.
  text_pool& pool;

  /// Makes an error of the first field at or below a place.
  tl::unexpected<error> fault(const transform_field& place,
                              std::string_view reason) const;

  /// Calls `visit(child, i, is_earlier)` for each child of `node` that is the
  /// place `places.children()[i]`, until an error. The last member of a
  /// doubled key comes first; `is_earlier` is true for those before it.
  /// `visit` must not add or remove children of `node`.
  /// @param node an object or array; of others nothing is visited.
  template <class Visit>
  expected<void> match(json_node& node, const transform_field& places,
                       Visit visit) const {
    if (!node.is_object() && !node.is_array())
      return {};
    if (!node.open(pool))
      return fault(places, "the item is not JSON");
    return node.is_object() ? match_members(node, places, visit)
                            : match_elements(node, places, visit);
  }

private:
  template <class Visit>
  expected<void> match_members(json_node& node, const transform_field& places,
                               Visit& visit) const {
    field_set seen;
    for (auto n = node.children.size(); n > 0; --n) {
      auto& child = node.children[n - 1];
      auto i = places.find(child.key);
      if (i == transform_field::none)
        continue;
      if (auto done = visit(child, i, seen[i]); !done)
        return done;
      seen.set(i);
    }
    return {};
  }

  template <class Visit>
  expected<void> match_elements(json_node& node, const transform_field& places,
                                Visit& visit) const {
    for (size_t i = 0; i < places.children().size(); ++i) {
      auto index = places.children()[i].index();
      if (!index || *index >= node.children.size())
        continue;
      if (auto done = visit(node.children[*index], i, false); !done)
        return done;
    }
    return {};
  }
};

/// What a value is, for messages: "an object", "null".
std::string_view describe_json(const json_node& node);

} // namespace batch
