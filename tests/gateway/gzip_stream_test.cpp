#include "gateway/http/gzip_stream.hpp"

#include "tests/gateway/pieces.hpp"

#include <boost/test/unit_test.hpp>
#include <zlib.h>

using namespace batch;
using namespace batch::test;

namespace {

std::string inflate_all(std::string compressed) {
  z_stream z{};
  BOOST_REQUIRE(inflateInit2(&z, 15 + 16) == Z_OK);
  std::string out(16 << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(compressed.data());
  z.avail_in = static_cast<uInt>(compressed.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  BOOST_TEST(inflate(&z, Z_FINISH) == Z_STREAM_END);
  BOOST_TEST(z.avail_in == 0u);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_compressed_inflates_to_what_it_was) {
  for (const auto& texts : piece_samples())
    BOOST_TEST((inflate_all(read_whole(*make_gzip_stream(pieces_of(texts))))
                == joined(texts)));
}

BOOST_AUTO_TEST_CASE(an_error_breaks_off_what_is_compressed) {
  auto stream = make_gzip_stream(failing_pieces({"a", "b"}));
  BOOST_TEST((error_of(*stream) == ec::snapshot_gone));
}
