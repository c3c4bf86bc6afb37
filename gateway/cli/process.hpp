// What the commands that run until they are told to end have in common.
#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <string>

namespace caf {
class actor_system_config;
} // namespace caf

namespace batch::cli {

inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
/// The end that a shutdown comes to if some thread never returns. Source:
/// EX_SOFTWARE of sysexits.h.
inline constexpr int exit_stuck = 70;

/// Log lines go to standard error, with time and level.
void begin_log();

/// Signals that end the process are taken by `wait_for_end` alone. To be called
/// before any thread is made.
sigset_t block_signals();

/// Keeps freed memory for the next block instead of giving each one back to the
/// system and faulting it in anew: up to 64 MiB in each of glibc's arenas, of
/// which there are two for each core. Another allocator does as it likes.
/// Source: benchmarks/README.md.
void keep_freed_memory();

/// How few threads our actors need: what runs in the scheduler only passes
/// messages on, what works or waits has threads of its own.
void use_few_threads(caf::actor_system_config& config);

/// Waits for SIGTERM or SIGINT, or until `failed` is set by some thread.
void wait_for_end(const sigset_t& signals, const std::atomic<bool>& failed);

/// Ends the process with a status if it has not ended by then.
/// @param why is printed then; must outlive the process.
void arm_watchdog(std::chrono::seconds limit, int status, const char* why);

/// Prints why a command fails. @returns the status.
int report(const char* command, int status, const std::string& what);

} // namespace batch::cli
