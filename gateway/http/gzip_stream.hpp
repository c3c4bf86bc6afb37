// Streams as gzip.
#pragma once

#include "actors/queries/byte_stream.hpp"

namespace batch {

/// Wraps a stream into one gzip member (RFC 1952), compressed fast rather than
/// small.
byte_stream_ptr make_gzip_stream(byte_stream_ptr plain);

} // namespace batch
