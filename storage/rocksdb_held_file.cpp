#include "storage/rocksdb_held_file.hpp"

#include <algorithm>
#include <cstring>

namespace batch {

using rocksdb::IOStatus;

IOStatus call(fault_plan& plan, file_call kind, const std::string& path) {
  file_error how{};
  if (!plan.strikes(kind, path, how))
    return IOStatus::OK();
  if (how == file_error::no_space)
    return IOStatus::NoSpace("Injected: no space left", path);
  auto result = IOStatus::IOError("Injected: input/output error", path);
  result.SetRetryable(how == file_error::retryable);
  return result;
}

held_file::held_file(std::unique_ptr<rocksdb::FSWritableFile> disk,
                     uint64_t disk_bytes, bool holds,
                     std::shared_ptr<fault_plan> plan)
  : holds_(holds), plan_(std::move(plan)), disk_(std::move(disk)),
    disk_bytes_(disk_bytes) {}

IOStatus held_file::append(std::string_view bytes, const std::string& path) {
  std::lock_guard guard{mutex_};
  auto result = call(*plan_, file_call::append, path);
  if (!result.ok())
    bytes = bytes.substr(0, plan_->random_below(bytes.size()));
  held_.append(bytes);
  // The system writes back when it likes to: one time in 16 here.
  auto early = !holds_ ? held_.size()
               : plan_->random_below(16) == 0
                 ? plan_->random_below(held_.size())
                 : 0;
  auto written = write_held(early);
  return result.ok() ? written : result;
}

IOStatus held_file::sync(const std::string& path) {
  std::lock_guard guard{mutex_};
  if (auto failed = call(*plan_, file_call::sync, path); !failed.ok()) {
    if (holds_) {
      // The system marks the pages clean although they never reached the disk.
      write_held(plan_->random_below(held_.size())).PermitUncheckedError();
      is_cut_off_ = true;
    }
    return failed;
  }
  if (auto written = write_held(held_.size()); !written.ok())
    return written;
  // What the system has survives the end of the process: enough for a power
  // cut that is one, and much faster.
  return holds_ ? IOStatus::OK() : disk_->Sync({}, nullptr);
}

IOStatus held_file::truncate(uint64_t bytes) {
  std::lock_guard guard{mutex_};
  if (bytes >= disk_bytes_) {
    held_.resize(std::min<uint64_t>(held_.size(), bytes - disk_bytes_));
    return IOStatus::OK();
  }
  held_.clear();
  disk_bytes_ = bytes;
  return disk_->Truncate(bytes, {}, nullptr);
}

IOStatus held_file::close() {
  std::lock_guard guard{mutex_};
  is_closed_ = true;
  // A file that still holds something is closed on disk by `write_back`.
  return held_.empty() ? disk_->Close({}, nullptr) : IOStatus::OK();
}

void held_file::write_back() {
  std::lock_guard guard{mutex_};
  if (held_.empty())
    return;
  write_held(held_.size()).PermitUncheckedError();
  disk_->Close({}, nullptr).PermitUncheckedError();
}

uint64_t held_file::bytes() const {
  std::lock_guard guard{mutex_};
  return disk_bytes_ + held_.size();
}

bool held_file::is_done() const {
  std::lock_guard guard{mutex_};
  return is_closed_ && held_.empty();
}

IOStatus held_file::read(uint64_t offset, size_t n,
                         const rocksdb::FSRandomAccessFile& disk,
                         rocksdb::Slice* result, char* scratch) const {
  std::lock_guard guard{mutex_};
  size_t done = 0;
  if (offset < disk_bytes_) {
    auto wanted = std::min<uint64_t>(n, disk_bytes_ - offset);
    rocksdb::Slice found;
    auto s = disk.Read(offset, wanted, {}, &found, scratch, nullptr);
    if (!s.ok())
      return s;
    done = found.size();
    std::memmove(scratch, found.data(), done);
    if (done < wanted)
      n = done; // somebody cut the file on disk
  }
  if (done < n && offset + done - disk_bytes_ < held_.size()) {
    auto rest
      = std::string_view{held_}.substr(offset + done - disk_bytes_, n - done);
    std::memcpy(scratch + done, rest.data(), rest.size());
    done += rest.size();
  }
  *result = {scratch, done};
  return IOStatus::OK();
}

IOStatus held_file::write_held(size_t n) {
  if (n == 0 || is_cut_off_)
    return IOStatus::OK();
  auto s = disk_->Append({held_.data(), n}, {}, nullptr);
  if (!s.ok())
    return s;
  disk_bytes_ += n;
  held_.erase(0, n);
  return s;
}

} // namespace batch
