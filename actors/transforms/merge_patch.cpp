#include "actors/transforms/merge_patch.hpp"

#include "actors/transforms/json_node.hpp"
#include "codecs/json_reader.hpp"

#include <algorithm>

namespace batch {

namespace {

/// MergePatch of RFC 7396, section 2. As deep as the patch, which is bounded.
void apply(json_node& target, json_node& patch, text_pool& pool) {
  if (!patch.is_object())
    return target.replace(patch.text);
  if (!target.is_object())
    target.replace("{}");
  target.open(pool);
  patch.open(pool);
  for (auto& member : patch.children) {
    auto found
      = std::ranges::find(target.children, member.key, &json_node::key);
    if (member.text == "null") {
      if (found == target.children.end())
        continue;
      found->is_dropped = true;
    } else if (found != target.children.end()) {
      apply(*found, member, pool);
    } else {
      json_node added;
      added.name = member.name;
      added.key = member.key;
      added.text = "null";
      apply(added, member, pool);
      target.children.push_back(std::move(added));
    }
    target.is_changed = true;
  }
  target.sweep();
}

} // namespace

expected<std::string> merge_patch(std::string_view target,
                                  std::string_view patch) {
  json_reader reader;
  if (auto ok = reader.check(target); !ok)
    return fail(ok);
  text_pool pool;
  json_node root;
  root.text = trim_json(target);
  json_node change;
  change.text = trim_json(patch);
  apply(root, change, pool);
  std::string out;
  root.write(out);
  return out;
}

} // namespace batch
