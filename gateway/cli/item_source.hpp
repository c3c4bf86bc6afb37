// Items from a file or from standard input, never held as a whole.
#pragma once

#include "gateway/cli/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace batch::cli {

/// A stream of bytes of which the first ones can be looked at before.
/// Thread-safety: none.
class item_source {
public:
  /// @param path of a file; "-" means standard input.
  /// Fails with `exit_status::wrong_usage` if it cannot be read.
  static outcome<item_source> open(const std::string& path);

  item_source(item_source&&) noexcept;
  item_source& operator=(item_source&&) = delete;
  ~item_source();

  /// Skips white space and a byte order mark and answers the byte that
  /// follows, which stays; nothing at the end.
  outcome<std::optional<char>> first_byte();

  /// How many bytes are left; nothing if that shows only at the end.
  std::optional<uint64_t> bytes_left() const;

  /// Reads up to `size` bytes. @returns 0 at the end. Fails with
  /// `exit_status::failed`, also if the file has become shorter.
  outcome<size_t> read(char* buffer, size_t size);

  /// For messages.
  const std::string& name() const { return name_; }

private:
  item_source() = default;
  outcome<size_t> read_descriptor(char* buffer, size_t size);

  std::string name_;
  int descriptor_ = -1;
  /// What the descriptor has left; nothing if it is no plain file. A file that
  /// grows meanwhile is read up to what it was.
  std::optional<uint64_t> unread_;
  /// Read, but not handed out.
  std::string ahead_;
};

} // namespace batch::cli
