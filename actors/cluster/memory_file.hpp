// A file that only this process has: in memory, and never changed.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// Bytes behind a path, for libraries that take nothing but paths. Nobody can
/// move, change or truncate them, and they end with the process.
///
/// Thread-safety: `path` may be called and the file read from any thread.
class memory_file {
public:
  /// @param name for people who look at the open files of the process.
  /// Errors: `ec::internal` if the system gives no such file, e.g. because the
  /// process has too many files open.
  static expected<memory_file> make(const char* name, std::string_view bytes);

  memory_file(memory_file&& other) noexcept;
  memory_file& operator=(memory_file&& other) noexcept;
  ~memory_file();

  /// E.g. "/proc/self/fd/7". Opening it begins at the first byte each time.
  /// Valid in this process and while this object lives.
  std::string path() const;

private:
  explicit memory_file(int descriptor) : descriptor_(descriptor) {}
  /// -1 once it was moved away.
  int descriptor_;
};

} // namespace batch
