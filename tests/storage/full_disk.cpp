#include "tests/storage/full_disk.hpp"

#include <atomic>
#include <cerrno>
#include <climits>
#include <dlfcn.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

std::atomic<bool> is_full = false;
std::atomic<size_t> refused_writes = 0;
std::string full_folder; // changes only while the disk is not full

bool is_below_full_folder(int fd) {
  char path[PATH_MAX];
  auto link = "/proc/self/fd/" + std::to_string(fd);
  auto size = ::readlink(link.c_str(), path, sizeof path);
  return size > 0
         && std::string_view{path, static_cast<size_t>(size)}.starts_with(
           full_folder);
}

} // namespace

extern "C" ssize_t write(int fd, const void* bytes, size_t size) {
  using function = ssize_t (*)(int, const void*, size_t);
  static const auto real
    = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "write"));
  if (is_full && is_below_full_folder(fd)) {
    ++refused_writes;
    errno = ENOSPC;
    return -1;
  }
  return real(fd, bytes, size);
}

namespace batch::test {

full_disk::full_disk(const std::filesystem::path& folder) {
  full_folder = std::filesystem::canonical(folder).string() + "/";
  refused_writes = 0;
  is_full = true;
}

full_disk::~full_disk() {
  is_full = false;
}

size_t full_disk::refused() {
  return refused_writes;
}

} // namespace batch::test
