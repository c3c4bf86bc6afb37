// Which coding of an answer a client wants: Accept-Encoding (RFC 9110, 12.5.3).
#pragma once

#include <string_view>

namespace batch {

enum class content_coding { identity, gzip, zstd };

/// The name of a coding as it stands in Content-Encoding.
std::string_view to_string(content_coding coding);

/// The coding that a client likes best of those that we have: the one with the
/// highest weight; of equal ones zstd, then gzip. Nothing that a client did not
/// name (or mean by '*') is chosen but `identity`, the answer as it is, which
/// is also chosen if nothing else is left: a client that refuses everything
/// can still read that better than an error.
/// @param header the header's value; parts that make no sense are passed over.
content_coding choose_coding(std::string_view header);

} // namespace batch
