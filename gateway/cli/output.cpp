#include "gateway/cli/output.hpp"

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

output::~output() {
  if (descriptor_ > 1)
    ::close(descriptor_);
  if (!part_.empty())
    ::unlink(part_.c_str());
}

outcome<void> output::write(std::string_view bytes) {
  if (is_terminal_)
    filter_.feed(bytes, buffer_);
  else
    buffer_ += bytes;
  if (!part_.empty() && buffer_.size() < buffer_bytes)
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
  if (part_.empty())
    return {};
  if (::fsync(descriptor_) != 0)
    return cannot("write", errno);
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
