// The content of JSON strings.
#pragma once

#include <string>
#include <string_view>

namespace batch {

/// The content of a JSON string with its escapes resolved, as UTF-8.
/// @param text between the quotes, as `json_reader::check` lets it pass; a
/// broken escape becomes U+FFFD.
std::string unescape_json(std::string_view text);

/// A piece of JSON text or a name for a message: whole, or its first 60 bytes
/// or a few less, at the end of a code point, with "…".
std::string clip_text(std::string_view text);

} // namespace batch
