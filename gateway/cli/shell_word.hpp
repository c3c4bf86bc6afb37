// Commands that a user can copy.
#pragma once

#include <string>
#include <string_view>

namespace batch::cli {

/// The text as one word of a POSIX shell: as it is if it is harmless, in
/// quotes if not.
std::string shell_word(std::string_view text);

} // namespace batch::cli
