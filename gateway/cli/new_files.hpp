// Files that must not be there yet.
#pragma once

#include "gateway/cli/outcome.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace batch::cli {

struct new_file {
  std::string path;
  std::string_view bytes;
  /// Nobody but its owner may read it (mode 0600); others get 0644.
  bool is_secret = false;
};

/// Writes files durably: all of them or none, and each appears whole. What is
/// there already is never touched.
/// Fails with `exit_status::failed`, naming the file that is there or cannot
/// be written.
outcome<void> write_new_files(const std::vector<new_file>& files);

/// Makes a folder that only its owner may look into (mode 0700), if it is not
/// there; its parent must be.
/// Fails with `exit_status::failed`.
outcome<void> make_folder(const std::string& path);

} // namespace batch::cli
