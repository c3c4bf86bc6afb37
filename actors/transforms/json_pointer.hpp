// JSON Pointers (RFC 6901), as the fields of a transform use them.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// The tokens of a field: those of a JSON Pointer if it begins with "/", with
/// ~0 and ~1 resolved, else the field itself. "/a~1b/0" has "a/b" and "0".
/// Errors: `ec::invalid_option` with the reason, for a field that is empty, is
/// no JSON Pointer or has more than `transform_tokens_max` tokens.
expected<std::vector<std::string>> parse_field(std::string_view field);

/// The pointer of what is inside of another: "/a" and "b/c" are "/a/b~1c".
std::string pointer_below(std::string pointer, std::string_view token);

} // namespace batch
