// Where a list goes on: a key, made opaque for the outside.
#pragma once

#include "codecs/error.hpp"
#include "storage/keys.hpp"

#include <string>
#include <string_view>

namespace batch {

/// The key in lower-case hexadecimal digits.
std::string make_cursor(std::string_view key);

/// The key of a cursor; empty for an empty text, which is the begin.
/// Errors: `ec::invalid_request` for what `make_cursor` never makes, and for
/// keys outside of the range: a cursor of another list.
expected<std::string> read_cursor(std::string_view text,
                                  const keys::range& list);

} // namespace batch
