#include "actors/transforms/merge_patch.hpp"

#include "actors/transforms/json_path.hpp"
#include "codecs/json_reader.hpp"

namespace batch {

/// MergePatch of RFC 7396, section 2. As deep as the patch, which is bounded.
void merge_into(json_node& target, json_node& patch, text_pool& pool) {
  if (!patch.is_object())
    return target.replace(patch.text);
  if (!target.is_object())
    target.replace("{}");
  if (!target.open(pool) || !patch.open(pool))
    return;
  for (auto& member : patch.children) {
    auto found = find_member(target, member.key);
    if (!found && member.text == "null")
      continue;
    if (!found) {
      json_node added;
      added.name = member.name;
      added.key = member.key;
      added.text = "null";
      merge_into(added, member, pool);
      target.children.push_back(std::move(added));
    } else {
      auto is_removed = member.text == "null";
      if (!is_removed)
        merge_into(*found, member, pool);
      for (auto& child : target.children)
        child.is_dropped
          |= child.key == member.key && (&child != found || is_removed);
      target.sweep();
    }
    target.is_changed = true;
  }
}

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
  merge_into(root, change, pool);
  if (pool.is_exhausted())
    return fail(ec::invalid_item, "it takes too much to apply the patch");
  std::string out;
  root.write(out);
  return out;
}

} // namespace batch
