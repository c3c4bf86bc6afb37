#include "actors/transforms/transform_verbs.hpp"

#include <algorithm>
#include <vector>

namespace batch {

namespace {

/// Members of one object that have got another key.
class renamed_members {
public:
  void add(json_node& member, const transform_argument& to) {
    member.name = to.text;
    member.key = to.key;
    members_.push_back(&member);
  }

  bool empty() const { return members_.empty(); }

  /// Drops the other members that had one of these keys.
  void drop_replaced(json_node& object) {
    // The keys of a step are distinct, so each is found at one place.
    std::ranges::sort(members_, {}, &json_node::key);
    for (auto& child : object.children) {
      auto at
        = std::ranges::lower_bound(members_, child.key, {}, &json_node::key);
      if (at != members_.end() && (*at)->key == child.key && *at != &child)
        child.is_dropped = true;
    }
  }

private:
  std::vector<json_node*> members_;
};

} // namespace

expected<void> rename_fields(const transform_walk& walk, json_node& node,
                             const transform_field& places) {
  renamed_members renamed;
  auto done = walk.match(
    node, places,
    [&](json_node& child, size_t i, bool is_earlier) -> expected<void> {
      const auto& place = places.children()[i];
      if (!place.is_leaf()) {
        if (is_earlier)
          return {};
        auto inner = rename_fields(walk, child, place);
        node.is_changed |= child.is_changed;
        return inner;
      }
      if (node.is_array())
        return walk.fault(place, "an element of an array has no key");
      if (is_earlier)
        child.is_dropped = true;
      else
        renamed.add(child, place.argument);
      return {};
    });
  if (!renamed.empty()) {
    node.is_changed = true;
    renamed.drop_replaced(node);
    node.sweep();
  }
  return done;
}

} // namespace batch
