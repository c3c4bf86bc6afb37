// RocksDB's own log, written so that a full disk cannot end the process.
#pragma once

#include <rocksdb/env.h>

#include <filesystem>
#include <mutex>

namespace batch {

/// Writes what RocksDB tells about itself into one file and ignores every
/// error of writing it.
///
/// RocksDB's own logger asserts that its writes succeed, and Debian builds the
/// library with assertions: a full disk would abort the process in the middle
/// of a commit, and again at every start.
///
/// Thread-safety: all. The file is bounded: at `info_log_bytes_max` it becomes
/// "<name>.old" and a new one is begun.
class rocksdb_info_log final : public rocksdb::Logger {
public:
  /// Without a path, nothing is written.
  explicit rocksdb_info_log(std::filesystem::path path = {});
  ~rocksdb_info_log() override;

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

protected:
  rocksdb::Status CloseImpl() override;

private:
  void open();
  void rotate();

  std::mutex mutex_;
  const std::filesystem::path path_;
  int fd_ = -1;
  size_t bytes_ = 0;
};

/// Enough for the last days; RocksDB repeats its statistics and options.
inline constexpr size_t info_log_bytes_max = 4 << 20;

} // namespace batch
