#include "storage/data_folder.hpp"

#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace batch {

namespace {

namespace fs = std::filesystem;

tl::unexpected<error> failed(std::string_view doing, const fs::path& path,
                             std::error_code why) {
  return fail(ec::storage_failure, std::string{doing} + " " + path.string()
                                     + " failed: " + why.message());
}

/// A file that RocksDB, or we, may write before `CURRENT` exists.
bool comes_before_current(const std::string& name) {
  return name == "LOCK" || name == "IDENTITY" || name == "MANIFEST-000001"
         || name.ends_with(".dbtmp") || name.starts_with("LOG")
         || name.starts_with(info_log_name)
         // The root of a file system of its own has this one.
         || name == "lost+found";
}

/// A file that comes later: without `CURRENT`, its rows are lost from sight.
bool comes_after_current(const std::string& name) {
  return name.ends_with(".sst") || name.ends_with(".log")
         || name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-");
}

} // namespace

expected<void> sync_path(const fs::path& path) {
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return failed("Opening", path, {errno, std::system_category()});
  auto synced = ::fsync(fd) == 0;
  std::error_code why{errno, std::system_category()};
  ::close(fd);
  // EINVAL: this file system has nothing to sync.
  if (!synced && why != std::errc::invalid_argument)
    return failed("Syncing", path, why);
  return {};
}

expected<void> create_data_folder(const fs::path& folder) {
  std::error_code why;
  auto path = fs::absolute(folder, why).lexically_normal();
  if (why)
    return failed("Finding", folder, why);
  if (!path.has_filename()) // "/data/"
    path = path.parent_path();
  std::vector<fs::path> created;
  for (auto x = path; !fs::exists(x, why) && !why; x = x.parent_path())
    created.push_back(x);
  if (!why)
    fs::create_directories(path, why);
  if (why)
    return failed("Creating the folder", path, why);
  if (!fs::is_directory(path, why))
    return fail(ec::storage_failure,
                path.string() + " is not a directory; choose another folder");
  for (auto& x : created)
    if (auto synced = sync_path(x.parent_path()); !synced)
      return synced;
  return {};
}

expected<folder_content> inspect_data_folder(const fs::path& folder) {
  std::error_code why;
  auto has_current = fs::exists(folder / "CURRENT", why);
  if (why)
    return failed("Reading the data folder", folder, why);
  if (has_current)
    return folder_content::rocksdb;
  std::string foreign;
  std::string lost;
  for (fs::directory_iterator at{folder, why}; !why && at != end(at);
       at.increment(why)) {
    auto name = at->path().filename().string();
    if (comes_before_current(name))
      continue;
    if (comes_after_current(name))
      lost = name;
    else
      foreign = name;
  }
  if (why)
    return failed("Reading the data folder", folder, why);
  if (!foreign.empty())
    return fail(ec::storage_foreign,
                folder.string() + " holds \"" + foreign
                  + "\", which is not of batchd; choose an empty folder");
  if (!lost.empty())
    return fail(ec::storage_corrupt,
                folder.string() + " holds \"" + lost
                  + "\" but not the file CURRENT that belongs to it; restore "
                    "the folder from a backup");
  return folder_content::nothing;
}

} // namespace batch
