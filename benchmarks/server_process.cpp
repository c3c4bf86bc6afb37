#include "benchmarks/server_process.hpp"

#include "benchmarks/statistics.hpp"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace batch::bench {

namespace {

namespace fs = std::filesystem;

/// In nanoseconds, where /proc counts hundredths of a second.
double cpu_seconds_of(pid_t process) {
  clockid_t clock;
  timespec used{};
  if (clock_getcpuclockid(process, &clock) != 0
      || clock_gettime(clock, &used) != 0)
    return 0;
  return static_cast<double>(used.tv_sec)
         + static_cast<double>(used.tv_nsec) / 1e9;
}

double value_of(const fs::path& file, const std::string& name) {
  std::ifstream in{file};
  for (std::string text; std::getline(in, text);)
    if (text.starts_with(name))
      return std::stod(text.substr(name.size()));
  return 0;
}

} // namespace

process_usage process_usage::since(const process_usage& earlier) const {
  auto x = *this;
  x.cpu_seconds -= earlier.cpu_seconds;
  x.written_mib -= earlier.written_mib;
  return x;
}

server_process::server_process(fs::path program, fs::path data,
                               std::vector<std::string> more)
  : program_(std::move(program)), data_(std::move(data)),
    more_(std::move(more)) {
  start();
}

server_process::~server_process() {
  end(SIGTERM);
}

void server_process::kill() {
  end(SIGKILL);
}

void server_process::end(int signal) {
  if (pid_ < 0)
    return;
  ::kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

double server_process::start() {
  std::vector<std::string> words{program_,      "serve",  "--http",
                                 "127.0.0.1:0", "--data", data_};
  words.insert(words.end(), more_.begin(), more_.end());
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  fs::create_directories(data_.parent_path());
  auto log_path = data_.string() + ".log";
  int out[2];
  if (pipe(out) != 0)
    throw std::runtime_error("no pipe");
  auto begin = steady::now();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out[1], STDOUT_FILENO);
    dup2(open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644),
         STDERR_FILENO);
    close(out[0]);
    close(out[1]);
    execv(program_.c_str(), arguments.data());
    _exit(127);
  }
  close(out[1]);
  auto text = fdopen(out[0], "r");
  char line[512];
  auto ready
    = std::fgets(line, sizeof line, text)
      && std::sscanf(line, "batchd ready http=127.0.0.1:%d", &port_) == 1;
  auto seconds = seconds_since(begin);
  std::fclose(text);
  if (ready)
    return seconds;
  kill();
  throw std::runtime_error(program_.string() + " did not get ready; see "
                           + log_path);
}

process_usage server_process::usage() const {
  auto process = fs::path{"/proc"} / std::to_string(pid_);
  process_usage x;
  x.cpu_seconds = cpu_seconds_of(pid_);
  x.peak_memory_mib = value_of(process / "status", "VmHWM:") / 1024;
  x.memory_mib = value_of(process / "status", "VmRSS:") / 1024;
  x.written_mib = value_of(process / "io", "write_bytes:") / (1 << 20);
  x.open_files = static_cast<double>(std::distance(
    fs::directory_iterator{process / "fd"}, fs::directory_iterator{}));
  return x;
}

void server_process::reset_peak() {
  // proc(5): 5 sets VmHWM to what is resident now.
  std::ofstream{"/proc/" + std::to_string(pid_) + "/clear_refs"} << 5;
}

} // namespace batch::bench
