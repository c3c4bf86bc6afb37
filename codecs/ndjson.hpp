// Lines out of a stream of bytes that arrives in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace batch {

/// Splits newline-delimited JSON. Lines end with LF or CRLF; the last one may
/// lack its end. Blank lines are skipped, and a byte order mark at the begin.
/// A line beyond `line_bytes_max` is never held: it is reported without text.
class ndjson_splitter {
public:
  struct line {
    /// The line without its end; empty if it was too long. Valid only during
    /// the call.
    std::string_view text;
    bool too_long;
    /// From 1; blank lines count.
    uint64_t number;
    /// Bytes before the line in the stream; 0 for the first one, whether or
    /// not it has a byte order mark.
    uint64_t offset;
  };
  /// Answers false to stop the splitting.
  using visitor = std::function<bool(const line&)>;

  explicit ndjson_splitter(size_t line_bytes_max)
    : line_bytes_max_(line_bytes_max) {}

  /// Takes the next piece and visits each line that it completes.
  /// @returns false if the visitor stopped.
  bool feed(std::string_view piece, const visitor& visit);

  /// Visits the last line if it had no end.
  bool finish(const visitor& visit);

private:
  bool end_line(std::string_view text, const visitor& visit);

  size_t line_bytes_max_;
  std::string partial_;
  bool too_long_ = false;
  uint64_t number_ = 1;
  uint64_t line_offset_ = 0;
  uint64_t received_ = 0;
};

} // namespace batch
