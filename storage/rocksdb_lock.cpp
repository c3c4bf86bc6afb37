#include "storage/rocksdb_lock.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace batch {

namespace {

/// Asks for another process's lock on a file that can only be read.
bool is_held(const std::filesystem::path& file) {
  auto fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  auto held = ::fcntl(fd, F_GETLK, &wanted) == 0 && wanted.l_type != F_UNLCK;
  ::close(fd);
  return held;
}

} // namespace

bool is_locked(const rocksdb::Status& s) {
  auto text = s.ToString();
  return s.IsIOError()
         && (text.find("lock hold by current process") != std::string::npos
             || text.find("While lock file") != std::string::npos);
}

tl::unexpected<error> locked(const std::filesystem::path& folder,
                             const rocksdb::Status& s) {
  return fail(ec::storage_locked,
              folder.string()
                + " is in use by another process; stop that one, or choose "
                  "another folder ("
                + s.ToString() + ")");
}

expected<rocksdb_lock> rocksdb_lock::take(const std::filesystem::path& folder) {
  auto file = folder / "LOCK";
  std::error_code ignored; // who may not look may not lock either
  if (!std::filesystem::exists(file, ignored))
    return rocksdb_lock{nullptr};
  rocksdb::FileLock* held = nullptr;
  auto s = rocksdb::Env::Default()->LockFile(file.string(), &held);
  if (s.ok())
    return rocksdb_lock{held};
  if (is_locked(s))
    return locked(folder, s);
  // Closing a file ends all locks this process has on it. It has none: those
  // of RocksDB were found above.
  if (is_held(file))
    return locked(folder, s);
  return rocksdb_lock{nullptr};
}

rocksdb_lock::rocksdb_lock(rocksdb_lock&& other) noexcept
  : held_(std::exchange(other.held_, nullptr)) {}

rocksdb_lock::~rocksdb_lock() {
  if (held_)
    // Nobody is left to be told; the end of the process releases it anyway.
    rocksdb::Env::Default()->UnlockFile(held_).PermitUncheckedError();
}

} // namespace batch
