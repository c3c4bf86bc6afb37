// Streams as gzip, for media types that the HTTP library leaves as they are.
#pragma once

#include "actors/queries/byte_stream.hpp"

namespace batch {

/// Wraps a stream into one gzip member (RFC 1952), compressed fast rather than
/// small.
byte_stream_ptr make_gzip_stream(byte_stream_ptr plain);

/// Whether a client takes gzip, by its Accept-Encoding.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace batch
