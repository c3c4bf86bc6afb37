#include "actors/transforms/placed_json.hpp"

#include "actors/transforms/json_pointer.hpp"
#include "actors/transforms/json_string.hpp"
#include "codecs/json_writer.hpp"

#include <algorithm>
#include <vector>

namespace batch {

std::string placed_json::content() const {
  return unescape_json(node.text.substr(1, node.text.size() - 2));
}

placed_json placed_json::below(const json_node& child,
                               std::string_view token) const {
  return {child, pointer_below(position, token)};
}

placed_json placed_json::below(const json_node& element, size_t index) const {
  return below(element, std::to_string(index));
}

expected<void> placed_json::open_object(text_pool& pool) {
  if (!node.is_object())
    return fault("must be an object");
  node.open(pool);
  std::vector<std::string_view> keys;
  for (const auto& child : node.children)
    keys.push_back(child.key);
  std::ranges::sort(keys);
  auto doubled = std::ranges::adjacent_find(keys);
  if (doubled != keys.end())
    return below({}, *doubled).fault("is there more than once");
  return {};
}

expected<void> placed_json::open_array(text_pool& pool, std::string_view of) {
  if (!node.is_array())
    return fault("must be an array of " + std::string{of});
  node.open(pool);
  return {};
}

expected<void> placed_json::check_count(std::string_view of,
                                        size_t count_max) const {
  auto count = node.children.size();
  if (count == 0)
    return fault("must name at least one of its " + std::string{of});
  if (count > count_max)
    return fault("has " + std::to_string(count) + " " + std::string{of}
                 + ", at most " + std::to_string(count_max) + " are taken");
  return {};
}

tl::unexpected<error> placed_json::fault(const std::string& reason) const {
  return fail(ec::invalid_option, position + ": " + reason, position);
}

std::string quote_clipped(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, clip_text(text));
  return quoted;
}

} // namespace batch
