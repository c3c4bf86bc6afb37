#include "tests/system/fail_point.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include <csignal>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace batch {

namespace {

thread_local bool must_throw = false;

struct order {
  std::string name;
  uint64_t hit = 0;
};

order read_order() {
  auto text = std::getenv("BATCH_FAIL");
  if (!text)
    return {};
  std::string all{text};
  auto colon = all.find(':');
  if (colon == std::string::npos)
    return {all, 1};
  return {all.substr(0, colon), std::strtoull(&all[colon + 1], nullptr, 10)};
}

/// Pages that the kernel keeps when the process is killed.
fail_point_count* map_counts() {
  constexpr auto bytes = fail_points_max * sizeof(fail_point_count);
  auto path = std::getenv("BATCH_FAIL_HITS");
  auto file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644) : -1;
  if (path && (file < 0 || ftruncate(file, bytes) != 0)) {
    std::perror(path);
    std::abort();
  }
  auto at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                 path ? MAP_SHARED : MAP_SHARED | MAP_ANONYMOUS, file, 0);
  if (at == MAP_FAILED)
    std::abort();
  if (file >= 0)
    close(file);
  return static_cast<fail_point_count*>(at);
}

/// The counts of this and earlier runs, and what is to be done in this one.
class fail_plan {
public:
  int number_of(const char* name) {
    std::lock_guard guard{mutex_};
    for (size_t i = 0; i < fail_points_max; ++i) {
      if (counts_[i].name[0] == '\0')
        std::strncpy(counts_[i].name, name, sizeof(counts_[i].name) - 1);
      if (std::strcmp(counts_[i].name, name) == 0)
        return static_cast<int>(i);
    }
    std::abort();
  }

  void pass(const char* name, int number) {
    auto& count = counts_[number];
    ++count.passes;
    // A point in a header or template exists more than once; all count.
    if (order_.hit == 0 || order_.name != name || ++hits_ != order_.hit)
      return;
    ++count.kills;
    kill(getpid(), SIGKILL);
  }

private:
  std::mutex mutex_;
  const order order_ = read_order();
  std::atomic<uint64_t> hits_{0};
  fail_point_count* const counts_ = map_counts();
};

fail_plan& plan() {
  static fail_plan the_plan;
  return the_plan;
}

} // namespace

fail_point::fail_point(const char* name)
  : name_(name), number_(plan().number_of(name)) {}

void fail_point::pass() {
  plan().pass(name_, number_);
  if (std::exchange(must_throw, false))
    throw std::runtime_error("thrown at fail point " + std::string{name_});
}

void throw_at_next_fail_point() {
  must_throw = true;
}

} // namespace batch
