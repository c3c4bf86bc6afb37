// A real batchd, started for a measurement and ended with it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace batch::bench {

/// What a process has used so far, as the kernel counts it.
struct process_usage {
  double cpu_seconds = 0;
  /// The most it had resident since its start, or since `reset_peak`.
  double peak_memory_mib = 0;
  double memory_mib = 0;
  /// Bytes that it has caused to be written to disk.
  double written_mib = 0;
  double open_files = 0;

  /// What was used since an earlier look; memory and files as they are now.
  process_usage since(const process_usage& earlier) const;
};

/// Runs `batchd serve` on a free port; its log goes beside the data, with
/// ".log" behind the folder's name. Throws std::runtime_error if it does not
/// get ready.
class server_process {
public:
  /// @param more arguments of `batchd serve`.
  server_process(std::filesystem::path program, std::filesystem::path data,
                 std::vector<std::string> more = {});
  ~server_process();
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  int port() const { return port_; }
  process_usage usage() const;
  /// Forgets the peak of the memory so far.
  void reset_peak();

  /// SIGKILL, and waits for the end.
  void kill();
  /// Starts it again on its folder.
  /// @returns seconds from before the fork to the line that says it is ready.
  double start();

private:
  void end(int signal);

  const std::filesystem::path program_;
  const std::filesystem::path data_;
  const std::vector<std::string> more_;
  pid_t pid_ = -1;
  int port_ = 0;
};

} // namespace batch::bench
