#include "storage/disk_space.hpp"

#include <sys/statvfs.h>

namespace batch {

disk_space::disk_space(std::filesystem::path folder, uint64_t low_bytes,
                       uint64_t full_bytes)
  : folder_(std::move(folder)), low_bytes_(low_bytes), full_bytes_(full_bytes) {
}

capacity disk_space::current() const {
  using namespace std::chrono_literals;
  auto now = std::chrono::steady_clock::now();
  auto due = ask_again_.load();
  if (now < due)
    return last_;
  auto answer = ask();
  // The answer is stored first: whoever sees the new time also sees it.
  last_ = answer;
  ask_again_ = now + 1s;
  return answer;
}

capacity disk_space::ask() const {
  struct statvfs disk {};
  // A folder that cannot be asked about takes no new work.
  if (::statvfs(folder_.c_str(), &disk) != 0)
    return capacity::full;
  // Blocks reserved for root are not ours.
  auto free_bytes = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free_bytes < full_bytes_)
    return capacity::full;
  return free_bytes < low_bytes_ ? capacity::low : capacity::ok;
}

} // namespace batch
