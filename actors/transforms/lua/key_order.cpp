#include "actors/transforms/lua/key_order.hpp"

#include <functional>

namespace batch {

void key_order::clear() {
  for (auto slot : taken_)
    table_[slot] = 0;
  taken_.clear();
  keys_.clear();
}

size_t key_order::slot_of(std::string_view key) const {
  auto slot = std::hash<std::string_view>{}(key) % slots;
  while (table_[slot] != 0 && keys_[table_[slot] - 1u] != key)
    slot = (slot + 1) % slots;
  return slot;
}

void key_order::add(std::string_view key) {
  if (keys_.size() == keys_max)
    return;
  auto slot = slot_of(key);
  if (table_[slot] != 0)
    return;
  keys_.push_back(key);
  taken_.push_back(static_cast<uint16_t>(slot));
  table_[slot] = static_cast<uint16_t>(keys_.size());
}

uint32_t key_order::rank(std::string_view key) const {
  auto found = table_[slot_of(key)];
  return found == 0 ? no_rank : found - 1u;
}

} // namespace batch
