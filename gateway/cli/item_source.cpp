#include "gateway/cli/item_source.hpp"

#include "gateway/cli/terminal_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batch::cli {

namespace {

constexpr size_t look_ahead_bytes = 4096;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string cannot_read(const std::string& name, int error) {
  return "cannot read " + name + ": " + std::strerror(error);
}

} // namespace

outcome<item_source> item_source::open(const std::string& path) {
  item_source out;
  auto is_stdin = path == "-";
  out.name_ = is_stdin ? "standard input" : one_line(path);
  out.descriptor_
    = is_stdin ? ::dup(0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat found = {};
  if (out.descriptor_ < 0 || ::fstat(out.descriptor_, &found) != 0)
    return wrong_usage(cannot_read(out.name_, errno));
  if (S_ISDIR(found.st_mode))
    return wrong_usage(cannot_read(out.name_, EISDIR));
  if (S_ISREG(found.st_mode)) {
    auto at = std::max<off_t>(::lseek(out.descriptor_, 0, SEEK_CUR), 0);
    out.unread_ = static_cast<uint64_t>(std::max(found.st_size - at, off_t{0}));
  }
  return out;
}

item_source::item_source(item_source&& other) noexcept
  : name_(std::move(other.name_)),
    descriptor_(std::exchange(other.descriptor_, -1)), unread_(other.unread_),
    ahead_(std::move(other.ahead_)) {}

item_source::~item_source() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

outcome<std::optional<char>> item_source::first_byte() {
  for (bool is_begin = true;;) {
    auto had = ahead_.size();
    ahead_.resize(had + look_ahead_bytes);
    auto got = read_descriptor(ahead_.data() + had, look_ahead_bytes);
    ahead_.resize(had + got.value_or(0));
    if (!got)
      return fail(got);
    auto is_end = *got == 0;
    if (is_begin && !is_end && ahead_.size() < byte_order_mark.size()
        && byte_order_mark.starts_with(ahead_))
      continue; // a pipe may give the mark in pieces
    if (is_begin && ahead_.starts_with(byte_order_mark))
      ahead_.erase(0, byte_order_mark.size());
    is_begin = false;
    ahead_.erase(0, ahead_.find_first_not_of(" \t\r\n"));
    if (!ahead_.empty())
      return ahead_[0];
    if (is_end)
      return std::nullopt;
  }
}

std::optional<uint64_t> item_source::bytes_left() const {
  if (!unread_)
    return {};
  return ahead_.size() + *unread_;
}

outcome<size_t> item_source::read(char* buffer, size_t size) {
  if (ahead_.empty())
    return read_descriptor(buffer, size);
  auto taken = ahead_.copy(buffer, size);
  ahead_.erase(0, taken);
  return taken;
}

outcome<size_t> item_source::read_descriptor(char* buffer, size_t size) {
  if (unread_)
    size = static_cast<size_t>(std::min<uint64_t>(size, *unread_));
  if (size == 0)
    return size;
  ssize_t got = 0;
  do
    got = ::read(descriptor_, buffer, size);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    return fail(exit_status::failed, cannot_read(name_, errno));
  if (got == 0 && unread_)
    return fail(exit_status::failed,
                name_ + " has become shorter while it was read");
  if (unread_)
    *unread_ -= static_cast<uint64_t>(got);
  return static_cast<size_t>(got);
}

} // namespace batch::cli
