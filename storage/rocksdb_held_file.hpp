// A file whose unsynced bytes are in memory: a part of the faulty file system.
#pragma once

#include "storage/faulty_file_system.hpp"

#include <rocksdb/file_system.h>

#include <memory>
#include <mutex>
#include <string>

namespace batch {

/// One file open for writing, or closed with bytes that no sync has taken to
/// the disk. Its readers share it. Thread-safety: all.
class held_file {
public:
  /// @param disk the file on disk, which has `disk_bytes` bytes.
  /// @param holds whether bytes wait for a sync; else they go at once.
  held_file(std::unique_ptr<rocksdb::FSWritableFile> disk, uint64_t disk_bytes,
            bool holds, std::shared_ptr<fault_plan> plan);

  /// Path is what faults are told apart by.
  rocksdb::IOStatus append(std::string_view bytes, const std::string& path);
  rocksdb::IOStatus sync(const std::string& path);
  rocksdb::IOStatus truncate(uint64_t bytes);
  /// Syncs nothing: what is held stays so.
  rocksdb::IOStatus close();
  /// Writes all that is held, as the system does after an orderly end, unless
  /// a sync failed.
  void write_back();

  uint64_t bytes() const;
  bool is_done() const; // closed, and nothing is held

  /// Reads what a reader of the file sees, held or not.
  /// @param disk the same file, open for reading.
  rocksdb::IOStatus read(uint64_t offset, size_t n,
                         const rocksdb::FSRandomAccessFile& disk,
                         rocksdb::Slice* result, char* scratch) const;

private:
  rocksdb::IOStatus write_held(size_t n);

  const bool holds_;
  const std::shared_ptr<fault_plan> plan_;
  mutable std::mutex mutex_;
  std::unique_ptr<rocksdb::FSWritableFile> disk_;
  uint64_t disk_bytes_;
  std::string held_;
  bool is_closed_ = false;
  /// A sync failed: nothing reaches the disk any more.
  bool is_cut_off_ = false;
};

/// Counts a call, and answers its error if it is to fail.
rocksdb::IOStatus call(fault_plan& plan, file_call kind,
                       const std::string& path);

} // namespace batch
