#include "actors/transforms/lua/lua_script.hpp"

#include <charconv>
#include <cstdint>

namespace batch {

namespace {

expected<uint64_t> parse_bound(const placed_json& value, uint64_t lowest,
                               uint64_t highest) {
  uint64_t x = 0;
  auto text = value.node.text;
  auto [end, fault]
    = std::from_chars(text.data(), text.data() + text.size(), x);
  if (fault != std::errc{} || end != text.data() + text.size() || x < lowest
      || x > highest)
    return value.fault("must be an integer from " + std::to_string(lowest)
                       + " to " + std::to_string(highest));
  return x;
}

} // namespace

expected<script_limits> parse_script_limits(placed_json value,
                                            text_pool& pool) {
  script_limits limits;
  if (auto opened = value.open_object(pool); !opened)
    return fail(opened);
  for (const auto& child : value.node.children) {
    auto member = value.below(child, child.key);
    expected<uint64_t> bound;
    if (child.key == "ms") {
      bound = parse_bound(member, 1, script_time_max.count());
      limits.time = std::chrono::milliseconds{bound.value_or(0)};
    } else if (child.key == "memoryBytes") {
      bound = parse_bound(member, script_memory_min, script_memory_max);
      limits.memory_bytes = bound.value_or(0);
    } else if (child.key == "outputBytes") {
      bound = parse_bound(member, 1, script_output_max);
      limits.output_bytes = bound.value_or(0);
    } else {
      return member.fault("unknown limit; the limits are ms, memoryBytes and "
                          "outputBytes");
    }
    if (!bound)
      return fail(bound);
  }
  return limits;
}

} // namespace batch
