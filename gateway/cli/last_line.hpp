// The end of a file of lines that may have been cut off while it was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace batch::cli {

struct last_line {
  /// Without its line feed; empty if the file has no whole line.
  std::string text;
  /// Where it ends, its line feed included: what stands behind is torn.
  uint64_t end = 0;
};

/// Reads backwards, so that it costs the same for a file of any length.
/// @param descriptor of a plain file that can be read.
/// @returns nothing if the file cannot be read, and `errno` says why: EFBIG
/// for a line beyond 16 MiB, which no record has.
std::optional<last_line> find_last_line(int descriptor);

} // namespace batch::cli
