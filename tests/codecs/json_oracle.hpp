// What a parser that is not ours says of a text.
#pragma once

#include <string_view>

namespace batch::test {

enum class verdict {
  valid,
  invalid,
  /// The other parser cannot judge it: it holds no number as large, ends at a
  /// NUL, and skips a byte order mark.
  open,
};

verdict judged(std::string_view text);

} // namespace batch::test
