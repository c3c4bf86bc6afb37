#include "benchmarks/work_folder.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace batch::bench {

void empty_folder(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto at = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  auto failed = at < 0 || syncfs(at) != 0;
  auto why = errno;
  close(at);
  if (failed)
    throw std::system_error(why, std::generic_category(), folder.string());
}

} // namespace batch::bench
