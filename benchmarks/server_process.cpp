#include "benchmarks/server_process.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace batch::bench {

namespace {

process_usage usage_of(const std::string& pid) {
  process_usage x;
  std::ifstream stat{"/proc/" + pid + "/stat"};
  std::string line;
  std::getline(stat, line);
  // Fields 14 and 15 (proc(5)); the name in field 2 may hold spaces.
  std::istringstream fields{line.substr(line.rfind(')') + 1)};
  std::string skipped;
  for (int i = 3; i < 14; ++i)
    fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  x.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  auto value_of = [](const std::string& file, const std::string& name) {
    std::ifstream in{file};
    for (std::string text; std::getline(in, text);)
      if (text.starts_with(name))
        return std::stod(text.substr(name.size()));
    return 0.0;
  };
  x.peak_memory_mib = value_of("/proc/" + pid + "/status", "VmHWM:") / 1024;
  x.written_mib = value_of("/proc/" + pid + "/io", "write_bytes:") / (1 << 20);
  return x;
}

} // namespace

server_process::server_process(const std::filesystem::path& program,
                               const std::filesystem::path& data) {
  int out[2];
  if (pipe(out) != 0)
    throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out[1], STDOUT_FILENO);
    close(out[0]);
    execl(program.c_str(), program.c_str(), "serve", "--http", "127.0.0.1:0",
          "--data", data.c_str(), nullptr);
    _exit(127);
  }
  close(out[1]);
  auto text = fdopen(out[0], "r");
  char line[512];
  auto ready
    = std::fgets(line, sizeof line, text)
      && std::sscanf(line, "batchd ready http=127.0.0.1:%d", &port_) == 1;
  std::fclose(text);
  if (!ready)
    throw std::runtime_error(program.string() + " did not get ready");
}

server_process::~server_process() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

process_usage server_process::usage() const {
  return usage_of(std::to_string(pid_));
}

process_usage usage_of_this_process() {
  return usage_of("self");
}

} // namespace batch::bench
