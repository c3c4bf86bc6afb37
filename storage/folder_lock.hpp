// Keeps two processes from working on one folder at once.
#pragma once

#include "codecs/error.hpp"

#include <filesystem>

namespace batch {

/// A lock on a folder itself, without a file in it. It ends with the object,
/// or with the process. Where the file system has no locks, there is none.
class folder_lock {
public:
  enum class kind { shared, exclusive };

  /// Locks a folder that exists. Errors: `ec::conflict` if another holder
  /// forbids it; `ec::storage_failure`.
  static expected<folder_lock> take(const std::filesystem::path& folder,
                                    kind k);

  folder_lock(folder_lock&& other) noexcept;
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock();

  /// Whether the locked folder still has the name it was locked by.
  bool is_at(const std::filesystem::path& folder) const;

private:
  explicit folder_lock(int fd) : fd_(fd) {}

  int fd_;
};

} // namespace batch
