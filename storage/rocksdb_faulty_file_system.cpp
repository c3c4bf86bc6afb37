#include "storage/rocksdb_held_file.hpp"

#include <filesystem>
#include <map>

namespace batch {

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

using held_file_ptr = std::shared_ptr<held_file>;

class faulty_writable_file final : public rocksdb::FSWritableFile {
public:
  faulty_writable_file(std::string path, held_file_ptr file,
                       const FileOptions& options)
    : FSWritableFile(options), path_(std::move(path)), file_(std::move(file)) {}

  ~faulty_writable_file() override { close().PermitUncheckedError(); }

  using FSWritableFile::Append;
  IOStatus Append(const Slice& bytes, const IOOptions&,
                  IODebugContext*) override {
    return file_->append(bytes.ToStringView(), path_);
  }
  IOStatus Truncate(uint64_t bytes, const IOOptions&,
                    IODebugContext*) override {
    return file_->truncate(bytes);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return close(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return file_->sync(path_);
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    return file_->bytes();
  }

private:
  IOStatus close() {
    if (is_closed_)
      return IOStatus::OK();
    is_closed_ = true;
    return file_->close();
  }

  const std::string path_;
  const held_file_ptr file_;
  bool is_closed_ = false;
};

class faulty_random_access_file final : public rocksdb::FSRandomAccessFile {
public:
  /// @param held null if nothing of the file can be in memory.
  faulty_random_access_file(std::string path,
                            std::unique_ptr<FSRandomAccessFile> disk,
                            held_file_ptr held,
                            std::shared_ptr<fault_plan> plan)
    : path_(std::move(path)), disk_(std::move(disk)), held_(std::move(held)),
      plan_(std::move(plan)) {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions& options,
                Slice* result, char* scratch,
                IODebugContext* context) const override {
    if (auto failed = call(*plan_, file_call::read, path_); !failed.ok())
      return failed;
    if (held_)
      return held_->read(offset, n, *disk_, result, scratch);
    return disk_->Read(offset, n, options, result, scratch, context);
  }
  size_t GetUniqueId(char* id, size_t max_size) const override {
    return disk_->GetUniqueId(id, max_size);
  }

private:
  const std::string path_;
  const std::unique_ptr<FSRandomAccessFile> disk_;
  const held_file_ptr held_;
  const std::shared_ptr<fault_plan> plan_;
};

class faulty_sequential_file final : public rocksdb::FSSequentialFile {
public:
  explicit faulty_sequential_file(
    std::unique_ptr<rocksdb::FSRandomAccessFile> file)
    : file_(std::move(file)) {}

  IOStatus Read(size_t n, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* context) override {
    auto s = file_->Read(offset_, n, options, result, scratch, context);
    if (s.ok())
      offset_ += result->size();
    return s;
  }
  IOStatus Skip(uint64_t n) override {
    offset_ += n;
    return IOStatus::OK();
  }

private:
  const std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
  uint64_t offset_ = 0;
};

/// Names are never held back, so there is nothing to sync.
class held_directory final : public rocksdb::FSDirectory {
public:
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
};

class faulty_files final : public rocksdb::FileSystemWrapper {
public:
  faulty_files(bool holds, std::shared_ptr<fault_plan> plan)
    : FileSystemWrapper(FileSystem::Default()), holds_(holds),
      plan_(std::move(plan)) {}

  ~faulty_files() override {
    for (auto& [path, file] : held_)
      file->write_back();
  }

  const char* Name() const override { return "FaultyFileSystem"; }

  // -- opening ---------------------------------------------------------------

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* context) override {
    return open_to_write(path, options, result, [&](auto* disk) {
      return target_->NewWritableFile(path, options, disk, context);
    });
  }

  IOStatus ReopenWritableFile(const std::string& path,
                              const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* context) override {
    // What is held goes first; a file is never open for writing twice.
    if (auto file = find(path))
      file->write_back();
    return open_to_write(path, options, result, [&](auto* disk) {
      return target_->ReopenWritableFile(path, options, disk, context);
    });
  }

  IOStatus ReuseWritableFile(const std::string& path,
                             const std::string& old_path,
                             const FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext* context) override {
    auto s = RenameFile(old_path, path, options.io_options, context);
    return s.ok() ? NewWritableFile(path, options, result, context) : s;
  }

  IOStatus
  NewRandomAccessFile(const std::string& path, const FileOptions& options,
                      std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                      IODebugContext* context) override {
    if (auto failed = call(*plan_, file_call::open, path); !failed.ok())
      return failed;
    std::unique_ptr<rocksdb::FSRandomAccessFile> disk;
    auto s = target_->NewRandomAccessFile(path, options, &disk, context);
    if (s.ok())
      *result = std::make_unique<faulty_random_access_file>(
        path, std::move(disk), find(path), plan_);
    return s;
  }

  IOStatus NewSequentialFile(const std::string& path,
                             const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* context) override {
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    auto s = NewRandomAccessFile(path, options, &file, context);
    if (s.ok())
      *result = std::make_unique<faulty_sequential_file>(std::move(file));
    return s;
  }

  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* context) override {
    if (!holds_)
      return target_->NewDirectory(path, options, result, context);
    *result = std::make_unique<held_directory>();
    return IOStatus::OK();
  }

  // -- names -----------------------------------------------------------------

  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options,
                      IODebugContext* context) override {
    if (auto failed = call(*plan_, file_call::rename, from); !failed.ok())
      return failed;
    auto s = target_->RenameFile(from, to, options, context);
    if (!s.ok())
      return s;
    std::lock_guard guard{mutex_};
    held_.erase(normal(to));
    if (auto moved = held_.extract(normal(from))) {
      moved.key() = normal(to);
      held_.insert(std::move(moved));
    }
    return s;
  }

  IOStatus LinkFile(const std::string& from, const std::string& to,
                    const IOOptions& options,
                    IODebugContext* context) override {
    auto s = target_->LinkFile(from, to, options, context);
    auto file = find(from);
    if (s.ok() && file)
      remember(to, std::move(file));
    return s;
  }

  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* context) override {
    auto s = target_->DeleteFile(path, options, context);
    if (s.ok()) {
      std::lock_guard guard{mutex_};
      held_.erase(normal(path));
    }
    return s;
  }

  // -- sizes -----------------------------------------------------------------

  IOStatus Truncate(const std::string& path, size_t bytes,
                    const IOOptions& options,
                    IODebugContext* context) override {
    if (auto file = find(path))
      return file->truncate(bytes);
    return target_->Truncate(path, bytes, options, context);
  }

  IOStatus GetFileSize(const std::string& path, const IOOptions& options,
                       uint64_t* bytes, IODebugContext* context) override {
    auto s = target_->GetFileSize(path, options, bytes, context);
    if (auto file = find(path); s.ok() && file)
      *bytes = file->bytes();
    return s;
  }

  IOStatus
  GetChildrenFileAttributes(const std::string& folder, const IOOptions& options,
                            std::vector<rocksdb::FileAttributes>* result,
                            IODebugContext* context) override {
    // That of the base class asks for each size, and so sees held bytes.
    return FileSystem::GetChildrenFileAttributes(folder, options, result,
                                                 context);
  }

private:
  static std::string normal(const std::string& path) {
    return std::filesystem::path{path}.lexically_normal().string();
  }

  template <class Open>
  IOStatus open_to_write(const std::string& path, const FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* result,
                         Open open) {
    if (auto failed = call(*plan_, file_call::open, path); !failed.ok())
      return failed;
    std::unique_ptr<rocksdb::FSWritableFile> disk;
    if (auto s = open(&disk); !s.ok())
      return s;
    uint64_t bytes = 0;
    if (auto s = target_->GetFileSize(path, {}, &bytes, nullptr); !s.ok())
      return s;
    auto file
      = std::make_shared<held_file>(std::move(disk), bytes, holds_, plan_);
    remember(path, file);
    *result
      = std::make_unique<faulty_writable_file>(path, std::move(file), options);
    return IOStatus::OK();
  }

  held_file_ptr find(const std::string& path) {
    std::lock_guard guard{mutex_};
    auto found = held_.find(normal(path));
    if (found == held_.end())
      return nullptr;
    if (found->second->is_done()) {
      held_.erase(found);
      return nullptr;
    }
    return found->second;
  }

  void remember(const std::string& path, held_file_ptr file) {
    std::lock_guard guard{mutex_};
    std::erase_if(held_, [](auto& x) { return x.second->is_done(); });
    held_.insert_or_assign(normal(path), std::move(file));
  }

  const bool holds_;
  const std::shared_ptr<fault_plan> plan_;
  std::mutex mutex_;
  std::map<std::string, held_file_ptr> held_;
};

} // namespace

faulty_file_system make_faulty_file_system(const faulty_file_options& o) {
  auto plan = std::make_shared<fault_plan>(o);
  return {std::make_shared<faulty_files>(o.power_cut, plan), plan};
}

} // namespace batch
