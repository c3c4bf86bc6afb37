#include "storage/rocksdb_info_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace batch {

namespace {

/// Prints e.g. "2026-03-01T09:30:00.123Z " and answers its length.
size_t print_time(char* out, size_t out_bytes) {
  using namespace std::chrono;
  auto now = system_clock::now();
  auto seconds = system_clock::to_time_t(now);
  auto millis = duration_cast<milliseconds>(now.time_since_epoch()).count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  auto date = std::strftime(out, out_bytes, "%FT%T", &utc);
  auto rest = std::snprintf(out + date, out_bytes - date, ".%03dZ ",
                            static_cast<int>(millis % 1000));
  return date + static_cast<size_t>(std::max(rest, 0));
}

} // namespace

rocksdb_info_log::rocksdb_info_log(std::filesystem::path path)
  : path_(std::move(path)) {
  open();
}

rocksdb_info_log::~rocksdb_info_log() {
  if (fd_ >= 0)
    ::close(fd_);
}

rocksdb::Status rocksdb_info_log::CloseImpl() {
  // Threads of RocksDB may log until the last of them ends: the destructor
  // closes the file.
  return rocksdb::Status::OK();
}

void rocksdb_info_log::Logv(const char* format, va_list arguments) {
  // Longer lines are cut: only dumps of options have them.
  char line[2048];
  auto size = print_time(line, sizeof line);
  // One byte stays free for the end of the line.
  auto room = sizeof line - size - 1;
  auto wanted = std::vsnprintf(line + size, room, format, arguments);
  if (wanted < 0)
    return;
  size += std::min(static_cast<size_t>(wanted), room - 1);
  if (line[size - 1] != '\n')
    line[size++] = '\n';
  std::lock_guard guard{mutex_};
  if (fd_ < 0)
    return;
  if (bytes_ + size > info_log_bytes_max)
    rotate();
  // What cannot be logged is lost: this is the whole purpose of this class.
  if (auto written = ::write(fd_, line, size); written > 0)
    bytes_ += static_cast<size_t>(written);
}

void rocksdb_info_log::open() {
  bytes_ = 0;
  if (path_.empty())
    return;
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  struct stat file {};
  if (fd_ >= 0 && ::fstat(fd_, &file) == 0)
    bytes_ = static_cast<size_t>(file.st_size);
}

void rocksdb_info_log::rotate() {
  ::close(fd_);
  fd_ = -1;
  auto old = path_;
  old += ".old";
  std::error_code failed;
  std::filesystem::rename(path_, old, failed);
  // If it could not be renamed, it must not grow either.
  if (failed)
    std::filesystem::resize_file(path_, 0, failed);
  open();
}

} // namespace batch
