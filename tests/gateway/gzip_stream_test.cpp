#include "gateway/http/gzip_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <zlib.h>

#include <vector>

using namespace batch;

namespace {

class pieces : public byte_stream {
public:
  explicit pieces(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  expected<bool> read(std::string& out) override {
    if (at_ == texts_.size())
      return false;
    out += texts_[at_++];
    return true;
  }

private:
  std::vector<std::string> texts_;
  size_t at_ = 0;
};

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
  std::string large;
  for (int i = 0; i < 200'000; ++i)
    large += std::to_string(i * 7919 % 100'003);
  auto stream = make_gzip_stream(std::make_unique<pieces>(
    std::vector<std::string>{"a\n", "", large, "end\n"}));
  std::string compressed;
  while (*stream->read(compressed)) {
  }
  BOOST_TEST(inflate_all(compressed) == "a\n" + large + "end\n");
}

BOOST_AUTO_TEST_CASE(an_empty_stream_is_a_whole_gzip_member) {
  auto stream
    = make_gzip_stream(std::make_unique<pieces>(std::vector<std::string>{}));
  std::string compressed;
  while (*stream->read(compressed)) {
  }
  BOOST_TEST(inflate_all(compressed).empty());
}

BOOST_AUTO_TEST_CASE(gzip_is_used_only_where_it_is_taken) {
  BOOST_TEST(accepts_gzip("gzip"));
  BOOST_TEST(accepts_gzip("br, gzip;q=0.5"));
  BOOST_TEST(!accepts_gzip(""));
  BOOST_TEST(!accepts_gzip("br"));
  BOOST_TEST(!accepts_gzip("gzip;q=0, br"));
}
