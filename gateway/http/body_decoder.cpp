#include "gateway/http/body_decoder.hpp"

#include <charconv>
#include <stdexcept>

#include <zlib.h>

namespace batch {

namespace {

/// Bytes of a line of the framing. Source: far beyond any size, and enough for
/// the extensions that nobody sends.
constexpr size_t line_bytes_max = 1024;
constexpr size_t trailer_bytes_max = 8192;

/// 15 bits of window, and 32 to tell gzip and zlib apart (zlib manual).
constexpr int any_window_bits = 15 + 32;

} // namespace

chunked_decoder::progress chunked_decoder::feed(std::string_view bytes,
                                                const body_sink& sink) {
  while (!bytes.empty() && part_ != part::done) {
    if (part_ == part::data) {
      auto piece = bytes.substr(0, left_);
      if (!sink(piece))
        return progress::stopped;
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0)
        part_ = part::data_end;
    } else if (auto taken = take_line(bytes); taken != progress::goes_on)
      return taken;
  }
  return part_ == part::done ? progress::ended : progress::goes_on;
}

chunked_decoder::progress chunked_decoder::take_line(std::string_view& bytes) {
  auto end = bytes.find('\n');
  line_.append(bytes.substr(0, end));
  bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
  if (line_.size()
      > (part_ == part::trailer ? trailer_bytes_max : line_bytes_max))
    return progress::broken;
  if (end == bytes.npos)
    return progress::goes_on;
  if (!line_.ends_with('\r'))
    return progress::broken;
  line_.pop_back();
  auto result = end_line();
  line_.clear();
  return result;
}

chunked_decoder::progress chunked_decoder::end_line() {
  if (part_ == part::data_end) {
    part_ = part::size;
    return line_.empty() ? progress::goes_on : progress::broken;
  }
  if (part_ == part::trailer) {
    if (line_.empty())
      part_ = part::done;
    return progress::goes_on;
  }
  auto digits = std::string_view{line_}.substr(0, line_.find(';'));
  while (digits.ends_with(' ') || digits.ends_with('\t'))
    digits.remove_suffix(1);
  auto last = digits.data() + digits.size();
  auto [end, err] = std::from_chars(digits.data(), last, left_, 16);
  if (digits.empty() || err != std::errc{} || end != last)
    return progress::broken;
  part_ = left_ > 0 ? part::data : part::trailer;
  return progress::goes_on;
}

struct inflater::state {
  z_stream z{};
  /// True right behind the end of a member.
  bool at_end = false;
};

inflater::inflater() : state_(std::make_unique<state>()) {
  if (inflateInit2(&state_->z, any_window_bits) != Z_OK)
    throw std::runtime_error("inflateInit2 failed");
}

inflater::~inflater() {
  inflateEnd(&state_->z);
}

bool inflater::feed(std::string_view bytes, const body_sink& sink) {
  auto& z = state_->z;
  char buffer[64 << 10];
  // zlib's interface knows no const; it does not write to its input.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  do {
    if (state_->at_end && z.avail_in > 0 && inflateReset(&z) != Z_OK)
      return false;
    z.next_out = reinterpret_cast<Bytef*>(buffer);
    z.avail_out = sizeof buffer;
    auto status = inflate(&z, Z_NO_FLUSH);
    // Z_BUF_ERROR only says that there is nothing to do right now.
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return false;
    state_->at_end = status == Z_STREAM_END;
    auto size = sizeof buffer - z.avail_out;
    if (size > 0 && !sink({buffer, size}))
      return false;
  } while (z.avail_in > 0 || z.avail_out == 0);
  return true;
}

bool inflater::is_whole() const {
  return state_->at_end;
}

} // namespace batch
