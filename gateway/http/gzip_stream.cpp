#include "gateway/http/gzip_stream.hpp"

#include <stdexcept>

#include <zlib.h>

namespace batch {

namespace {

/// Source: level 1 of zlib keeps up with the scan; 6 is three times slower.
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
    if (ended_)
      return false;
    std::string piece;
    auto more = plain_->read(piece);
    if (!more)
      return more;
    ended_ = !*more;
    deflate_piece(piece, ended_ ? Z_FINISH : Z_NO_FLUSH, out);
    return true;
  }

private:
  void deflate_piece(std::string& piece, int flush, std::string& out) {
    z_.next_in = reinterpret_cast<Bytef*>(piece.data());
    z_.avail_in = static_cast<uInt>(piece.size());
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
  bool ended_ = false;
};

} // namespace

byte_stream_ptr make_gzip_stream(byte_stream_ptr plain) {
  return std::make_unique<gzip_stream>(std::move(plain));
}

bool accepts_gzip(std::string_view accept_encoding) {
  auto at = accept_encoding.find("gzip");
  if (at == accept_encoding.npos)
    return false;
  auto rest = accept_encoding.substr(at + 4);
  rest = rest.substr(0, rest.find(','));
  return rest.find("q=0") == rest.npos || rest.find("q=0.") != rest.npos;
}

} // namespace batch
