#include "actors/cluster/protocol.hpp"

#include <charconv>

namespace batch {

namespace {

/// Threads of one type on one node. Source: far beyond any machine's cores.
constexpr uint32_t slots_max = 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

const job_type* find_pool(std::string_view name) {
  for (const auto& type : job_types)
    if (pool_name(type) == name)
      return &type;
  return nullptr;
}

expected<void> parse_part(std::string_view part, slot_counts& slots) {
  auto equals = part.find('=');
  auto type = find_pool(trimmed(part.substr(0, equals)));
  if (!type)
    return fail(ec::invalid_request,
                "'" + std::string{part}
                  + "': expected import, relate, embed, export or transform, "
                    "an equals sign and a number");
  auto digits = equals == part.npos ? "" : trimmed(part.substr(equals + 1));
  uint32_t count = 0;
  auto end = digits.data() + digits.size();
  auto [at, wrong] = std::from_chars(digits.data(), end, count);
  if (digits.empty() || wrong != std::errc{} || at != end || count > slots_max)
    return fail(ec::invalid_request,
                "'" + std::string{part} + "': expected a number from 0 to "
                  + std::to_string(slots_max) + " behind the equals sign");
  if (!slots.emplace(*type, count).second)
    return fail(ec::invalid_request,
                "'" + std::string{part} + "': stands there twice");
  return {};
}

} // namespace

std::string_view to_string(node_state state) {
  switch (state) {
  case node_state::up:
    return "up";
  case node_state::draining:
    return "draining";
  case node_state::gone:
    return "gone";
  }
  return "unknown";
}

expected<slot_counts> parse_slots(std::string_view text) {
  slot_counts slots;
  for (;;) {
    auto comma = text.find(',');
    if (auto ok = parse_part(trimmed(text.substr(0, comma)), slots); !ok)
      return fail(ok);
    if (comma == text.npos)
      return slots;
    text.remove_prefix(comma + 1);
  }
}

std::string to_string(const slot_counts& slots) {
  std::string text;
  for (auto [type, count] : slots)
    (text += text.empty() ? "" : ",")
      .append(pool_name(type))
      .append("=")
      .append(std::to_string(count));
  return text;
}

} // namespace batch
