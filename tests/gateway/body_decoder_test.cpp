#include "gateway/http/body_decoder.hpp"

#include "gateway/http/gzip_stream.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
namespace data = boost::unit_test::data;
using progress = chunked_decoder::progress;

namespace {

/// Feeds a text cut at one place; the body, or nothing if it is not whole.
std::optional<std::string> unchunk(std::string_view text, size_t cut) {
  chunked_decoder decoder;
  std::string body;
  auto sink = [&](std::string_view piece) {
    body += piece;
    return true;
  };
  auto state = decoder.feed(text.substr(0, cut), sink);
  if (state == progress::goes_on)
    state = decoder.feed(text.substr(cut), sink);
  return state == progress::ended ? std::optional{body} : std::nullopt;
}

class one_text : public byte_stream {
public:
  explicit one_text(std::string text) : text_(std::move(text)) {}
  expected<bool> read(std::string& out) override {
    out += std::exchange(text_, {});
    return std::exchange(fresh_, false);
  }

private:
  std::string text_;
  bool fresh_ = true;
};

std::string gzip(std::string text) {
  auto stream = make_gzip_stream(std::make_unique<one_text>(std::move(text)));
  std::string out;
  while (*stream->read(out)) {
  }
  return out;
}

std::optional<std::string> inflate_text(std::string_view bytes) {
  inflater z;
  std::string body;
  for (auto c : bytes)
    if (!z.feed({&c, 1}, [&](std::string_view piece) {
          body += piece;
          return true;
        }))
      return std::nullopt;
  return z.is_whole() ? std::optional{body} : std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_CASE(chunks_are_joined_wherever_the_bytes_are_cut) {
  std::string text = "4\r\nwiki\r\n5;x=\"y\"\r\npedia\r\nA\r\n0123456789\r\n"
                     "0\r\nTrailer: x\r\n\r\nGET / HTTP/1.1\r\n";
  for (size_t cut = 0; cut <= text.size(); ++cut)
    BOOST_TEST(unchunk(text, cut).value_or("-") == "wikipedia0123456789");
}

BOOST_DATA_TEST_CASE(a_framing_that_is_broken_or_breaks_off_is_no_body,
                     data::make({"", "4", "4\r\n", "4\r\nwik", "4\r\nwiki",
                                 "4\r\nwiki\r\n", "4\r\nwiki\r\n0\r\n",
                                 "4\nwiki\n0\n\n", "4\r\nwikix\r\n0\r\n\r\n",
                                 "g\r\n\r\n", "-1\r\n\r\n", "0x4\r\nwiki\r\n",
                                 "11111111111111111\r\nwiki", "\r\n0\r\n\r\n",
                                 " 4\r\nwiki\r\n0\r\n\r\n"}),
                     text) {
  BOOST_TEST(!unchunk(text, 0).has_value());
}

BOOST_AUTO_TEST_CASE(endless_lines_of_the_framing_are_cut_off) {
  BOOST_TEST(!unchunk("1;" + std::string(5000, 'x'), 0).has_value());
  chunked_decoder decoder;
  auto sink = [](std::string_view) { return true; };
  BOOST_TEST(
    (decoder.feed("1;" + std::string(5000, 'x'), sink) == progress::broken));
}

BOOST_AUTO_TEST_CASE(gzip_inflates_byte_by_byte_and_member_by_member) {
  auto text = std::string(100'000, 'a') + "end";
  BOOST_TEST(inflate_text(gzip(text)).value_or("-") == text);
  BOOST_TEST(inflate_text(gzip("a") + gzip("b")).value_or("-") == "ab");
}

BOOST_AUTO_TEST_CASE(gzip_that_is_cut_or_changed_is_no_body) {
  auto whole = gzip("some text that is long enough to have a few bytes");
  for (size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!inflate_text(whole.substr(0, size)).has_value());
  auto changed = whole;
  changed[whole.size() - 6] ^= 1; // in the checksum
  BOOST_TEST(!inflate_text(changed).has_value());
  BOOST_TEST(!inflate_text("not gzip at all").has_value());
  BOOST_TEST(!inflate_text(whole + "x").has_value());
}

BOOST_AUTO_TEST_CASE(a_sink_can_stop_a_bomb) {
  inflater z;
  auto bomb = gzip(std::string(50 << 20, '\0'));
  size_t seen = 0;
  BOOST_TEST(!z.feed(bomb, [&](std::string_view piece) {
    seen += piece.size();
    return seen < 1'000'000;
  }));
  BOOST_TEST(seen < 2'000'000u);
}
