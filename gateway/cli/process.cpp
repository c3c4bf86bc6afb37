#include "gateway/cli/process.hpp"

#include "actors/service.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

#include <malloc.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace batch::cli {

void begin_log() {
  auto log = spdlog::stderr_color_mt("batchd");
  log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  spdlog::set_default_logger(log);
}

sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int mib = 1 << 20;
  // The largest that glibc takes; by default blocks from 128 KiB are mapped.
  ::mallopt(M_MMAP_THRESHOLD, 32 * mib);
  ::mallopt(M_TRIM_THRESHOLD, 64 * mib);
  // By default eight for each core, each of which may keep memory.
  ::mallopt(
    M_ARENA_MAX,
    2 * static_cast<int>(std::max(std::thread::hardware_concurrency(), 1U)));
#endif
}

void use_few_threads(caf::actor_system_config& config) {
  // The default, work stealing, polls: a tenth of a core while idle.
  config.set("scheduler.policy", caf::atom("sharing"));
  // One thread that hands messages to itself is woken less often than four that
  // wake each other: a third less CPU under small jobs.
  config.set(
    "scheduler.max-threads",
    std::max(size_t{1}, size_t{std::thread::hardware_concurrency()} / 4));
}

void wait_for_end(const sigset_t& signals, const std::atomic<bool>& failed) {
  timespec tick{0, 100'000'000};
  while (!failed && sigtimedwait(&signals, nullptr, &tick) < 0) {
  }
}

void arm_watchdog(std::chrono::seconds limit, int status, const char* why) {
  std::thread([=] {
    std::this_thread::sleep_for(limit);
    std::fputs(why, stderr);
    _exit(status);
  }).detach();
}

int report(const char* command, int status, const std::string& what) {
  std::cerr << "batchd " << command << ": " << what << '\n';
  return status;
}

} // namespace batch::cli
