// Streams as zstd.
#pragma once

#include "actors/queries/byte_stream.hpp"

namespace batch {

/// Wraps a stream into one frame (RFC 8878), compressed fast rather than small,
/// with a window that all clients can hold (8 MiB at most, RFC 9659).
byte_stream_ptr make_zstd_stream(byte_stream_ptr plain);

} // namespace batch
