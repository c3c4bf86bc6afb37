#include "tests/storage/child_process.hpp"

#include "codecs/limits.hpp"
#include "storage/faulty_file_system.hpp"
#include "storage/rocksdb_store.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace batch::test {

int run_part(const std::string& part, const std::filesystem::path& folder) {
  std::string name = "part";
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

/// Commits a batch as the COMMITTER does: again until it is done. False if it
/// never will be.
bool commit_in_the_end(store& s, const write_batch& changes, durability d,
                       uint64_t term) {
  using namespace std::chrono_literals;
  auto give_up = std::chrono::steady_clock::now() + 20s;
  for (;;) {
    auto status = s.commit(changes, d, term);
    if (status == commit_status::ok)
      return true;
    if (status == commit_status::fatal || status == commit_status::stale_term
        || std::chrono::steady_clock::now() > give_up)
      return false;
    std::this_thread::sleep_for(1ms);
  }
}

/// For an abort that is wanted, and worth no file.
void leave_no_core() {
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
}

int commit_until_killed(rocksdb_options o) {
  leave_no_core();
  auto text = std::getenv(faults_variable);
  auto harm = parse_faulty_file_options(text ? text : "");
  if (!harm)
    return 1;
  o.file_system = make_faulty_file_system(*harm).files;
  o.free_bytes_low = 0;
  // Small, so that flushes, compactions and new logs come all the time.
  o.memtable_bytes = 64 << 10;
  o.wal_bytes_max = 128 << 10;
  // RocksDB 7.8.3 may hang for good in closing what it failed to open; the cut
  // then comes while it does.
  std::signal(SIGALRM, [](int) { std::raise(SIGKILL); });
  ::alarm(20);
  auto answered = ::open(answered_file(o.folder).c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  auto store = open_rocksdb_store(o);
  if (answered < 0 || !store)
    return std::raise(SIGKILL);
  auto term = (*store)->take_over();
  if (!term)
    return std::raise(SIGKILL);
  std::mt19937_64 random{harm->seed};
  auto batches = 20 + static_cast<int>(random() % 400);
  for (int i = 0; i < batches; ++i) {
    write_batch changes;
    changes.put(family::things, numbered(i), std::string(random() % 4000, 'v'));
    changes.put(family::marks, numbered(i), {});
    changes.put(family::meta, "last", std::to_string(i));
    auto d = random() % 8 == 0 ? durability::durable : durability::buffered;
    if (!commit_in_the_end(**store, changes, d, *term))
      break;
    auto line = std::to_string(i) + "\n";
    if (d == durability::durable
        && ::write(answered, line.data(), line.size()) < 0)
      return 1;
  }
  return std::raise(SIGKILL);
}

} // namespace

std::filesystem::path answered_file(const std::filesystem::path& folder) {
  return folder.string() + ".answered";
}

std::string numbered(int i) {
  auto digits = std::to_string(i);
  return std::string(8 - digits.size(), '0') + digits;
}

int main_of_part(const std::string& part, const std::filesystem::path& folder) {
  rocksdb_options o;
  o.folder = folder;
  if (part.ends_with("_as_nobody"))
    become_nobody();
  if (part == "commit_until_killed")
    return commit_until_killed(std::move(o));
  if (part.starts_with("open_for_reading"))
    return exit_status_of(open_rocksdb_for_reading(o));
  auto store = open_rocksdb_store(o);
  if (!store || part.starts_with("open"))
    return exit_status_of(store);
  auto term = (*store)->take_over();
  if (!term)
    return 1;
  if (part == "overfill") {
    leave_no_core();
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
