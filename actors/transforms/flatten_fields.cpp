#include "actors/transforms/transform_verbs.hpp"

#include "codecs/json_writer.hpp"

#include <unordered_set>
#include <vector>

namespace batch {

namespace {

/// Levels that are flattened into one. Source: a choice, far beyond real
/// data, that bounds recursion.
constexpr size_t flatten_levels_max = 64;

/// Puts the members of objects in their place, at any depth.
class flattener {
public:
  explicit flattener(text_pool& pool) : pool_(pool) {}

  /// Appends what becomes of a member.
  /// @returns false if it nests too deep, or there is too much of it.
  bool append(json_node member, std::string_view key,
              std::string_view separator, size_t level = 0) {
    if (level > flatten_levels_max || pool_.is_exhausted())
      return false;
    if (member.is_object() && !member.open(pool_))
      return false;
    if (!member.is_object() || member.children.empty()) {
      if (level > 0) {
        std::string name;
        append_json_string(name, key);
        member.name = pool_.keep(std::move(name));
        member.key = key;
        made_.insert(key);
      }
      members_.push_back(std::move(member));
      return true;
    }
    for (auto& child : member.children) {
      std::string longer{key};
      longer += separator;
      longer += child.key;
      if (!append(std::move(child), pool_.keep(std::move(longer)), separator,
                  level + 1))
        return false;
    }
    return true;
  }

  void keep(json_node member) { members_.push_back(std::move(member)); }

  /// Puts the members into an object, without those that have the key of one
  /// that was made behind them.
  void put(json_node& object) {
    object.is_changed |= !made_.empty();
    std::unordered_set<std::string_view> seen;
    for (auto n = members_.size(); n > 0; --n) {
      auto& x = members_[n - 1];
      x.is_dropped = made_.contains(x.key) && !seen.insert(x.key).second;
    }
    object.children = std::move(members_);
    object.sweep();
  }

private:
  text_pool& pool_;
  std::vector<json_node> members_;
  /// The keys that were made.
  std::unordered_set<std::string_view> made_;
};

constexpr auto too_deep = "it nests deeper than 64 levels, or becomes too long";

} // namespace

expected<void> flatten_item(const transform_walk& walk, json_node& item) {
  if (!item.open(walk.pool))
    return fail(ec::transform_failed,
                walk.step.position + ": the item is not JSON");
  flattener flat{walk.pool};
  for (auto& member : item.children) {
    auto key = member.key;
    if (!flat.append(std::move(member), key, walk.step.separator))
      return fail(ec::transform_failed, walk.step.position + ": " + too_deep);
  }
  flat.put(item);
  return {};
}

expected<void> flatten_fields(const transform_walk& walk, json_node& node,
                              const transform_field& places) {
  std::vector<const transform_field*> marked;
  field_set flattened;
  auto done = walk.match(
    node, places,
    [&](json_node& child, size_t i, bool is_earlier) -> expected<void> {
      const auto& place = places.children()[i];
      if (is_earlier) {
        child.is_dropped = flattened[i];
        return {};
      }
      if (!place.is_leaf()) {
        auto inner = flatten_fields(walk, child, place);
        node.is_changed |= child.is_changed;
        return inner;
      }
      if (!child.is_object())
        return {};
      if (node.is_array())
        return walk.fault(place, "an element of an array has no key");
      flattened.set(i);
      marked.resize(node.children.size());
      marked[static_cast<size_t>(&child - node.children.data())] = &place;
      return {};
    });
  if (!done || marked.empty())
    return done;
  flattener flat{walk.pool};
  for (size_t i = 0; i < node.children.size(); ++i) {
    auto& child = node.children[i];
    auto key = child.key;
    if (!marked[i]) {
      if (!child.is_dropped)
        flat.keep(std::move(child));
    } else if (!flat.append(std::move(child), key, marked[i]->argument.text)) {
      return walk.fault(*marked[i], too_deep);
    }
  }
  flat.put(node);
  return {};
}

} // namespace batch
