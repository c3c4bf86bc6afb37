#include "gateway/cli/last_line.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace batch::cli {

namespace {

constexpr uint64_t block_bytes = 64 << 10;
constexpr size_t line_bytes_max = 16 << 20;

/// Puts the bytes before `begin` that one block holds in front of a text.
bool read_before(int descriptor, uint64_t& begin, std::string& text) {
  auto size = std::min(begin, block_bytes);
  begin -= size;
  std::string block(size, '\0');
  for (size_t at = 0; at < size;) {
    auto read = ::pread(descriptor, block.data() + at, size - at,
                        static_cast<off_t>(begin + at));
    if (read < 0 && errno == EINTR)
      continue;
    if (read <= 0) {
      errno = read == 0 ? EIO : errno;
      return false;
    }
    at += static_cast<size_t>(read);
  }
  text.insert(0, block);
  return true;
}

} // namespace

std::optional<last_line> find_last_line(int descriptor) {
  struct stat file = {};
  if (::fstat(descriptor, &file) != 0)
    return std::nullopt;
  auto begin = static_cast<uint64_t>(file.st_size);
  std::string tail;
  for (;;) {
    auto end = tail.rfind('\n');
    auto before
      = end == tail.npos || end == 0 ? tail.npos : tail.rfind('\n', end - 1);
    if (end != tail.npos && (before != tail.npos || begin == 0)) {
      auto first = before == tail.npos ? 0 : before + 1;
      return last_line{tail.substr(first, end - first), begin + end + 1};
    }
    if (begin == 0)
      return last_line{};
    if (tail.size() > 2 * line_bytes_max) {
      errno = EFBIG;
      return std::nullopt;
    }
    if (!read_before(descriptor, begin, tail))
      return std::nullopt;
  }
}

} // namespace batch::cli
