// Text of any length, made piece by piece.
#pragma once

#include "codecs/error.hpp"

#include <memory>
#include <string>

namespace batch {

/// Thread-safety: none; each reader of a stream has one of its own. A stream
/// must not outlive the store it reads from.
class byte_stream {
public:
  virtual ~byte_stream() = default;
  /// Appends the next piece, about `stream_bytes`; it may be empty.
  /// @returns false if nothing comes behind this piece; then it is not to be
  /// called again.
  /// Errors: those of the store, `ec::snapshot_gone` for a reader that is too
  /// slow.
  virtual expected<bool> read(std::string& out) = 0;
};
using byte_stream_ptr = std::unique_ptr<byte_stream>;

} // namespace batch
