// The record of a thing or relationship: its JSON text as it was sent, and
// which item of which job wrote it.
//
//   stamped  :=  version u8 | job u64 | item u32 | checksum u32 | text
//
// The checksum is that of the text, exclusive or that of what stands before it.
#pragma once

#include "codecs/error.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace batch {

struct stamped_view {
  uint64_t job;
  uint32_t item;
  std::string_view text;
};

inline constexpr size_t stamp_bytes = 17;

/// The bytes that stand before the text in the record.
std::array<char, stamp_bytes> make_stamp(uint64_t job, uint32_t item,
                                         std::string_view text);

/// Reads a record and checks it. The view points into the record.
/// Errors: `ec::storage_corrupt`.
expected<stamped_view> read_stamped(std::string_view record);

} // namespace batch
