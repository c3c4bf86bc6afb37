// The order in which the keys of an item first stand in its text.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace batch {

/// Remembers keys, up to `keys_max`; those beyond have no rank.
/// Thread-safety: none.
class key_order {
public:
  static constexpr uint32_t keys_max = 256;
  static constexpr uint32_t no_rank = keys_max;

  void clear();
  /// @param key must live until the next `clear`.
  void add(std::string_view key);
  /// What number the key was, from 0; `no_rank` if it was none.
  uint32_t rank(std::string_view key) const;

private:
  static constexpr size_t slots = 1024; // a quarter full at most
  /// The slot where a key is, or would be.
  size_t slot_of(std::string_view key) const;

  std::vector<std::string_view> keys_;
  /// One more than the number of a key; 0 if free.
  std::array<uint16_t, slots> table_{};
  std::vector<uint16_t> taken_;
};

} // namespace batch
