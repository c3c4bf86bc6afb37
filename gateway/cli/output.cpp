#include "gateway/cli/output.hpp"

#include "gateway/cli/last_line.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace batch::cli {

namespace {

/// Bytes of one write to a file: enough that calls cost nothing beside it.
constexpr size_t buffer_bytes = 256 << 10;

/// The file behind symbolic links, so that these are kept.
std::string behind_links(const std::string& path) {
  std::error_code ignored; // then the path as it stands
  auto target = std::filesystem::weakly_canonical(path, ignored);
  return ignored ? path : target.string();
}

} // namespace

outcome<std::unique_ptr<output>> output::open(const std::string& path) {
  auto out = std::unique_ptr<output>{new output};
  if (path.empty() || path == "-") {
    out->is_terminal_ = ::isatty(out->descriptor_) == 1;
    return out;
  }
  out->name_ = one_line(path);
  struct stat found = {};
  auto is_there = ::stat(path.c_str(), &found) == 0;
  auto place = path;
  if (!is_there || S_ISREG(found.st_mode)) {
    out->target_ = behind_links(path);
    place = out->part_ = out->target_ + ".part";
  }
  out->descriptor_
    = ::open(place.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (out->descriptor_ < 0) {
    auto error = errno;
    out->part_.clear(); // not ours
    return wrong_usage("cannot write " + one_line(place) + ": "
                       + std::strerror(error));
  }
  out->is_terminal_ = ::isatty(out->descriptor_) == 1;
  return out;
}

outcome<std::unique_ptr<output>> output::resume(const std::string& path) {
  auto out = std::unique_ptr<output>{new output};
  out->target_ = behind_links(path);
  out->removes_part_ = false;
  auto part = out->target_ + ".part";
  struct stat found = {};
  auto in_place = ::stat(part.c_str(), &found) != 0
                  && ::stat(out->target_.c_str(), &found) == 0;
  auto place = in_place ? out->target_ : part;
  out->name_ = one_line(place);
  if (!in_place)
    out->part_ = part;
  if (found.st_mode != 0 && !S_ISREG(found.st_mode))
    return wrong_usage(out->name_
                       + " is no plain file, so it has no last line "
                         "to go on from");
  out->descriptor_ = ::open(place.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (out->descriptor_ < 0)
    return wrong_usage("cannot write " + out->name_ + ": "
                       + std::strerror(errno));
  if (auto cut = out->cut_torn_line(); !cut)
    return fail(cut);
  return out;
}

outcome<void> output::cut_torn_line() {
  auto found = find_last_line(descriptor_);
  if (!found)
    return cannot("read", errno);
  auto end = static_cast<off_t>(found->end);
  if (::ftruncate(descriptor_, end) != 0
      || ::lseek(descriptor_, end, SEEK_SET) != end)
    return cannot("cut", errno);
  last_line_ = std::move(found->text);
  return {};
}

output::~output() {
  if (descriptor_ > 1)
    ::close(descriptor_);
  if (!part_.empty() && removes_part_)
    ::unlink(part_.c_str());
}

std::string output::keep() {
  if (target_.empty() || !flush())
    return {};
  removes_part_ = false;
  return one_line(part_.empty() ? target_ : part_);
}

outcome<void> output::write(std::string_view bytes) {
  if (is_terminal_)
    filter_.feed(bytes, buffer_);
  else
    buffer_ += bytes;
  if (!target_.empty() && buffer_.size() < buffer_bytes)
    return {};
  return flush();
}

outcome<void> output::line(std::string_view text) {
  return write(std::string{text} + '\n');
}

outcome<void> output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0 && errno == EPIPE)
      return fail(exit_status::failed, {});
    if (written < 0)
      return cannot("write", errno);
    rest.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
  return {};
}

outcome<void> output::finish() {
  if (auto flushed = flush(); !flushed)
    return flushed;
  if (target_.empty())
    return {};
  if (::fsync(descriptor_) != 0)
    return cannot("write", errno);
  if (part_.empty())
    return {};
  if (::rename(part_.c_str(), target_.c_str()) != 0)
    return cannot("replace", errno);
  part_.clear();
  return {};
}

tl::unexpected<failure> output::cannot(const char* what, int error) const {
  return fail(exit_status::failed, std::string{"cannot "} + what + ' ' + name_
                                     + ": " + std::strerror(error));
}

} // namespace batch::cli
