#include "gateway/cli/new_files.hpp"

#include "gateway/cli/terminal_text.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batch::cli {

namespace {

tl::unexpected<failure> cannot(const std::string& what, const std::string& path,
                               int error) {
  return fail(exit_status::failed, "cannot " + what + ' ' + one_line(path)
                                     + ": " + std::strerror(error));
}

tl::unexpected<failure> exists(const std::string& path) {
  return fail(exit_status::failed,
              one_line(path)
                + " is there already and is never overwritten; nothing was "
                  "made. Give another name or folder, or remove it first");
}

std::string folder_of(const std::string& path) {
  auto folder = std::filesystem::path{path}.parent_path().string();
  return folder.empty() ? "." : folder;
}

/// A file beside its place; goes with this object.
class draft_file {
public:
  explicit draft_file(const new_file& target) : target_(target) {}
  draft_file(draft_file&& other) noexcept
    : target_(other.target_), draft_(std::exchange(other.draft_, {})) {}
  draft_file& operator=(draft_file&&) = delete;
  ~draft_file() {
    if (!draft_.empty())
      ::unlink(draft_.c_str());
  }

  outcome<void> write() {
    draft_ = folder_of(target_.path) + "/.batchd-XXXXXX";
    auto out = ::mkostemp(draft_.data(), O_CLOEXEC);
    if (out < 0) {
      draft_.clear();
      return cannot("write", target_.path, errno);
    }
    auto error = write_to(out);
    ::close(out);
    return error == 0 ? outcome<void>{} : cannot("write", target_.path, error);
  }

  /// Fails if there is something at its place.
  outcome<void> place() {
    if (::link(draft_.c_str(), target_.path.c_str()) == 0)
      return {};
    return errno == EEXIST ? exists(target_.path)
                           : cannot("make", target_.path, errno);
  }

private:
  int write_to(int out) const {
    auto rest = target_.bytes;
    while (!rest.empty()) {
      auto written = ::write(out, rest.data(), rest.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return errno;
      rest.remove_prefix(static_cast<size_t>(written));
    }
    auto mode = target_.is_secret ? S_IRUSR | S_IWUSR
                                  : S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    return ::fchmod(out, static_cast<mode_t>(mode)) == 0 && ::fsync(out) == 0
             ? 0
             : errno;
  }

  const new_file& target_;
  std::string draft_;
};

/// Makes the names in a folder survive a power cut.
outcome<void> sync_folder(const std::string& path) {
  auto folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  auto error = folder < 0 || ::fsync(folder) != 0 ? errno : 0;
  if (folder >= 0)
    ::close(folder);
  return error == 0 ? outcome<void>{} : cannot("sync", path, error);
}

} // namespace

outcome<void> write_new_files(const std::vector<new_file>& files) {
  struct stat found = {};
  for (const auto& x : files)
    if (::lstat(x.path.c_str(), &found) == 0)
      return exists(x.path);
  std::vector<draft_file> drafts;
  for (const auto& x : files)
    if (auto written = drafts.emplace_back(x).write(); !written)
      return written;
  for (size_t i = 0; i < files.size(); ++i) {
    auto placed = drafts[i].place();
    if (placed)
      continue;
    while (i > 0)
      ::unlink(files[--i].path.c_str());
    return placed;
  }
  for (const auto& x : files)
    if (auto synced = sync_folder(folder_of(x.path)); !synced)
      return synced;
  return {};
}

outcome<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0)
    return sync_folder(folder_of(path));
  if (errno != EEXIST)
    return cannot("make the folder", path, errno);
  struct stat found = {};
  if (::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode))
    return {};
  return cannot("make the folder", path, ENOTDIR);
}

} // namespace batch::cli
