// What stands between the bytes of a connection and the body that was meant:
// chunked transfer coding and compression.
//
// The HTTP library has both, but takes a body that breaks off, or whose
// checksum is wrong, for a whole one. A body that is not whole must leave
// nothing behind, so these are stricter.
#pragma once

#include "gateway/http/message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace batch {

/// Takes the framing of RFC 9112, section 7.1, off a body. Extensions and
/// trailers are read over. Thread-safety: none.
class chunked_decoder {
public:
  enum class progress { goes_on, ended, broken, stopped };

  /// Takes the next bytes; bytes behind the end are ignored.
  /// @param sink gets the body's own bytes.
  progress feed(std::string_view bytes, const body_sink& sink);

private:
  enum class part { size, data, data_end, trailer, done };

  progress take_line(std::string_view& bytes);
  progress end_line();

  part part_ = part::size;
  std::string line_;
  uint64_t left_ = 0;
};

/// Inflates gzip (RFC 1952, any number of members) and deflate (RFC 1950).
/// Thread-safety: none.
class inflater {
public:
  inflater();
  ~inflater();

  /// Takes the next bytes. @returns false if they are broken or the sink
  /// stopped.
  bool feed(std::string_view bytes, const body_sink& sink);

  /// Whether the stream stands at its proper end, checksum included.
  bool is_whole() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace batch
