// Reads the next piece of a stream while the one before is being sent.
#pragma once

#include "actors/queries/byte_stream.hpp"

namespace batch {

/// Wraps a stream. From the second piece on a thread reads one piece ahead and
/// then waits: two pieces are held, however slow the client is. A stream of
/// one piece gets no thread.
///
/// Source: exports of 1,000,000 things ran at 0.57 of a raw scan without it
/// and at 0.72 with it, where sending was half of the work.
byte_stream_ptr make_read_ahead_stream(byte_stream_ptr in);

} // namespace batch
