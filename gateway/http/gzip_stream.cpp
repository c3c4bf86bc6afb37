#include "gateway/http/gzip_stream.hpp"

#include <stdexcept>

#include <zlib.h>

namespace batch {

namespace {

/// Source: level 1 makes 0.43 of things of 250 B, at 90 MB/s; 6 is three times
/// slower.
constexpr int level = 1;
/// 15 bits of window, and 16 to ask for gzip's frame (zlib manual).
constexpr int gzip_window_bits = 15 + 16;
constexpr int memory_level = 8;

class gzip_stream : public byte_stream {
public:
  explicit gzip_stream(byte_stream_ptr plain) : plain_(std::move(plain)) {
    if (deflateInit2(&z_, level, Z_DEFLATED, gzip_window_bits, memory_level,
                     Z_DEFAULT_STRATEGY)
        != Z_OK)
      throw std::runtime_error("deflateInit2 failed");
  }

  ~gzip_stream() override { deflateEnd(&z_); }

  expected<bool> read(std::string& out) override {
    piece_.clear();
    auto more = plain_->read(piece_);
    if (!more)
      return more;
    deflate_piece(*more ? Z_NO_FLUSH : Z_FINISH, out);
    return more;
  }

private:
  void deflate_piece(int flush, std::string& out) {
    z_.next_in = reinterpret_cast<Bytef*>(piece_.data());
    z_.avail_in = static_cast<uInt>(piece_.size());
    char buffer[16 << 10];
    do {
      z_.next_out = reinterpret_cast<Bytef*>(buffer);
      z_.avail_out = sizeof buffer;
      deflate(&z_, flush);
      out.append(buffer, sizeof buffer - z_.avail_out);
    } while (z_.avail_out == 0);
  }

  byte_stream_ptr plain_;
  z_stream z_{};
  std::string piece_;
};

} // namespace

byte_stream_ptr make_gzip_stream(byte_stream_ptr plain) {
  return std::make_unique<gzip_stream>(std::move(plain));
}

} // namespace batch
