#include "storage/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace batch {

expected<folder_lock> folder_lock::take(const std::filesystem::path& folder,
                                        kind k) {
  auto fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return fail(ec::storage_failure, "Opening " + folder.string() + " failed: "
                                       + std::system_category().message(errno));
  folder_lock result{fd};
  auto how = k == kind::shared ? LOCK_SH : LOCK_EX;
  if (::flock(fd, how | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail(ec::conflict, folder.string()
                                + " is being worked on by another process or "
                                  "request; try again when that has ended");
  return result;
}

folder_lock::folder_lock(folder_lock&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)) {}

folder_lock::~folder_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

bool folder_lock::is_at(const std::filesystem::path& folder) const {
  struct stat locked {};
  struct stat named {};
  return ::fstat(fd_, &locked) == 0 && ::stat(folder.c_str(), &named) == 0
         && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

} // namespace batch
