#include "actors/transforms/merge_patch.hpp"

#include "codecs/json_reader.hpp"

#include <cstdint>
#include <unordered_map>

namespace batch {

/// MergePatch of RFC 7396, section 2. As deep as the patch, which is bounded.
void merge_into(json_node& target, json_node& patch, text_pool& pool) {
  if (!patch.is_object())
    return target.replace(patch.text);
  if (!target.is_object())
    target.replace("{}");
  if (!target.open(pool) || !patch.open(pool))
    return;
  // Where the member of a key is that counts, and which of those patched stay.
  std::unordered_map<std::string_view, size_t> last;
  std::unordered_map<std::string_view, size_t> patched;
  constexpr size_t none = SIZE_MAX;
  for (size_t i = 0; i < target.children.size(); ++i)
    last[target.children[i].key] = i;
  for (auto& member : patch.children) {
    auto found = last.find(member.key);
    if (member.text == "null") {
      if (found == last.end())
        continue;
      patched[member.key] = none;
      last.erase(found);
    } else if (found != last.end()) {
      merge_into(target.children[found->second], member, pool);
      patched[member.key] = found->second;
    } else {
      json_node added;
      added.name = member.name;
      added.key = member.key;
      added.text = "null";
      merge_into(added, member, pool);
      last[member.key] = patched[member.key] = target.children.size();
      target.children.push_back(std::move(added));
    }
    target.is_changed = true;
  }
  for (size_t i = 0; i < target.children.size(); ++i) {
    auto found = patched.find(target.children[i].key);
    target.children[i].is_dropped
      = found != patched.end() && found->second != i;
  }
  target.sweep();
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
