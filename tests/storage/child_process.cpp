#include "tests/storage/child_process.hpp"

#include "codecs/limits.hpp"
#include "storage/rocksdb_store.hpp"

#include <csignal>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace batch::test {

int run_part(const std::string& part, const std::filesystem::path& folder) {
  std::string name = "storage_test";
  std::string flag = "--part";
  std::string part_name = part;
  std::string path = folder.string();
  char* arguments[]
    = {name.data(), flag.data(), part_name.data(), path.data(), nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments,
                    environ)
      != 0)
    throw std::runtime_error{"cannot start the test program again"};
  int how = 0;
  while (::waitpid(child, &how, 0) < 0)
    if (errno != EINTR)
      throw std::runtime_error{"cannot wait for the part"};
  return how;
}

namespace {

template <class T>
int exit_status_of(const expected<T>& x) {
  return x ? 0 : static_cast<int>(x.error().code);
}

/// Gives up the rights of root. The number is that of "nobody" everywhere.
void become_nobody() {
  if (::geteuid() == 0 && ::setuid(65534) != 0)
    throw std::runtime_error{"cannot become nobody"};
}

} // namespace

int main_of_part(const std::string& part, const std::filesystem::path& folder) {
  rocksdb_options o;
  o.folder = folder;
  if (part.ends_with("_as_nobody"))
    become_nobody();
  if (part.starts_with("open_for_reading"))
    return exit_status_of(open_rocksdb_for_reading(o));
  auto store = open_rocksdb_store(o);
  if (!store || part.starts_with("open"))
    return exit_status_of(store);
  auto term = (*store)->take_over();
  if (!term)
    return 1;
  if (part == "overfill") {
    // The abort that follows is wanted, and worth no file.
    const rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    write_batch changes;
    for (size_t i = 0; i <= batch_entries_max; ++i)
      changes.erase(family::things, "key");
    (*store)->commit(changes, durability::buffered, *term);
    return 0;
  }
  for (int i = 0; i < fill_rows; ++i) {
    write_batch changes;
    changes.put(family::things, "row" + std::to_string(i), "value");
    changes.put(family::marks, "mark" + std::to_string(i), {});
    if ((*store)->commit(changes, durability::buffered, *term)
        != commit_status::ok)
      return 1;
  }
  return std::raise(SIGKILL);
}

} // namespace batch::test
