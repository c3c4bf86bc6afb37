#include "gateway/http/zstd_stream.hpp"

#include "tests/gateway/pieces.hpp"

#include <zstd.h>

using namespace batch;
using namespace batch::test;

namespace {

std::string decompress_all(const std::string& compressed) {
  std::string out(16 << 20, '\0');
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{
    ZSTD_createDCtx(), ZSTD_freeDCtx};
  ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  // 0: the frame has come to its end.
  BOOST_TEST(ZSTD_decompressStream(context.get(), &to, &in) == 0u);
  BOOST_TEST(in.pos == in.size);
  out.resize(to.pos);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_compressed_is_one_frame_of_what_it_was) {
  for (const auto& texts : piece_samples()) {
    auto compressed = read_whole(*make_zstd_stream(pieces_of(texts)));
    BOOST_TEST((decompress_all(compressed) == joined(texts)));
    BOOST_TEST(compressed.size() < joined(texts).size() + 20);
  }
}

BOOST_AUTO_TEST_CASE(an_error_breaks_a_frame_off) {
  auto stream = make_zstd_stream(failing_pieces({"a", "b"}));
  BOOST_TEST((error_of(*stream) == ec::snapshot_gone));
}
