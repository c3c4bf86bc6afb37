#include "actors/cluster/pem_file.hpp"

#include "actors/cluster/descriptor.hpp"
#include "codecs/limits.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batch {

namespace {

tl::unexpected<error> cannot_read(const pem_file& file, int error) {
  return fail(file, std::string{"cannot be read: "} + std::strerror(error));
}

/// Why a file cannot be what it is used for; nothing if it can.
expected<void> check_file(const pem_file& file, const struct stat& found,
                          pem_access access) {
  if (!S_ISREG(found.st_mode))
    return fail(file, "is not a plain file");
  if (found.st_size > static_cast<off_t>(pem_bytes_max))
    return fail(file, "has " + std::to_string(found.st_size)
                        + " bytes, which is too many for PEM; at most "
                        + std::to_string(pem_bytes_max) + " are read");
  constexpr mode_t others = S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  if (access == pem_access::owner_only && (found.st_mode & others) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o",
                  static_cast<unsigned>(found.st_mode & 07777));
    return fail(file, std::string{"others may read or write this private key "
                                  "(mode "}
                        + mode + "); take that away: chmod 600 " + file.path);
  }
  return {};
}

} // namespace

tl::unexpected<error> fail(const pem_file& file, const std::string& text) {
  return fail(ec::invalid_request, file.what + ' ' + file.path + ": " + text);
}

expected<pem_file> read_pem(std::string what, std::string path,
                            pem_access access) {
  pem_file file{std::move(what), std::move(path), {}};
  // Without waiting, should it be a pipe that nobody writes to.
  descriptor in{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat found = {};
  if (in.number() < 0 || ::fstat(in.number(), &found) != 0)
    return cannot_read(file, errno);
  if (auto good = check_file(file, found, access); !good)
    return fail(good);
  // One byte more than may be, should it grow meanwhile.
  file.bytes.resize(pem_bytes_max + 1);
  size_t length = 0;
  while (length < file.bytes.size()) {
    auto got = ::read(in.number(), file.bytes.data() + length,
                      file.bytes.size() - length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return cannot_read(file, errno);
    if (got == 0)
      break;
    length += static_cast<size_t>(got);
  }
  if (length > pem_bytes_max)
    return fail(file, "grows while it is read");
  file.bytes.resize(length);
  file.bytes.shrink_to_fit();
  return file;
}

} // namespace batch
