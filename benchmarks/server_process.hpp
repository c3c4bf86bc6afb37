// A real batchd, started for a measurement and ended with it.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace batch::bench {

/// What a process has used so far, as the kernel counts it.
struct process_usage {
  double cpu_seconds = 0;
  double peak_memory_mib = 0;
  /// Bytes that it has caused to be written to disk.
  double written_mib = 0;
};

/// Runs `batchd serve` on a free port and a fresh folder. Throws
/// std::runtime_error if it does not get ready.
class server_process {
public:
  server_process(const std::filesystem::path& program,
                 const std::filesystem::path& data);
  ~server_process();
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  int port() const { return port_; }
  process_usage usage() const;

private:
  pid_t pid_ = -1;
  int port_ = 0;
};

/// The same of this process.
process_usage usage_of_this_process();

} // namespace batch::bench
