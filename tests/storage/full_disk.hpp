// A disk that is full when a test says so, without any privilege.
#pragma once

#include <filesystem>

namespace batch::test {

/// While it lives, writes to files below a folder fail with ENOSPC. The test
/// program has a `write` of its own, which the libraries call as well.
class full_disk {
public:
  explicit full_disk(const std::filesystem::path& folder);
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk();

  /// How many writes it has refused so far.
  static size_t refused();
};

} // namespace batch::test
