#include "actors/cluster/memory_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace batch {

namespace {

tl::unexpected<error> cannot(const char* what, int error) {
  return fail(ec::internal, std::string{"cannot "} + what
                              + " a file in memory: " + std::strerror(error));
}

} // namespace

expected<memory_file> memory_file::make(const char* name,
                                        std::string_view bytes) {
  memory_file file{::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (file.descriptor_ < 0)
    return cannot("make", errno);
  while (!bytes.empty()) {
    auto written = ::write(file.descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return cannot("write", errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (::fcntl(file.descriptor_, F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
      != 0)
    return cannot("seal", errno);
  return file;
}

memory_file::memory_file(memory_file&& other) noexcept
  : descriptor_(std::exchange(other.descriptor_, -1)) {}

memory_file& memory_file::operator=(memory_file&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

memory_file::~memory_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::string memory_file::path() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

} // namespace batch
