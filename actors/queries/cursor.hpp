// Where a list goes on: a key, made opaque for the outside.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// The key in lower-case hexadecimal digits.
std::string make_cursor(std::string_view key);

/// Errors: `ec::invalid_request` for what `make_cursor` never makes.
expected<std::string> read_cursor(std::string_view text);

} // namespace batch
