#include "actors/cluster/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace batch;

namespace {

std::vector<frame> framed(uint64_t lease, std::string_view bytes) {
  std::vector<frame> all;
  send_framed(lease, 7, bytes, [&](frame x) { all.push_back(std::move(x)); });
  return all;
}

std::string text(size_t size) {
  std::string bytes(size, 'x');
  for (size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>('a' + i % 26);
  return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(frames_test)

BOOST_AUTO_TEST_CASE(bytes_of_any_length_come_back_as_they_were) {
  for (auto size : {size_t{0}, size_t{1}, frame_bytes_max - 1, frame_bytes_max,
                    frame_bytes_max + 1, 3 * frame_bytes_max}) {
    frame_assembler in;
    auto bytes = text(size);
    auto frames = framed(1, bytes);
    BOOST_TEST(
      frames.size()
      == std::max<size_t>(1, (size + frame_bytes_max - 1) / frame_bytes_max));
    for (size_t i = 0; i < frames.size(); ++i) {
      BOOST_TEST(frames[i].bytes.size() <= frame_bytes_max);
      BOOST_TEST(frames[i].slot == 7u);
      auto whole = in.add(frames[i]);
      BOOST_TEST(whole.has_value() == (i + 1 == frames.size()));
      if (whole)
        BOOST_TEST((*whole == bytes));
    }
  }
}

BOOST_AUTO_TEST_CASE(frames_of_several_leases_may_be_mixed) {
  frame_assembler in;
  auto first = text(frame_bytes_max * 2), second = text(frame_bytes_max + 5);
  auto a = framed(1, first), b = framed(2, second);
  BOOST_TEST(!in.add(a[0]));
  BOOST_TEST(!in.add(b[0]));
  BOOST_TEST((in.add(b[1]) == second));
  BOOST_TEST((in.add(a[1]) == first));
}

BOOST_AUTO_TEST_CASE(what_was_dropped_does_not_come_back) {
  frame_assembler in;
  auto frames = framed(1, text(frame_bytes_max + 1));
  BOOST_TEST(!in.add(frames[0]));
  in.drop(1);
  auto rest = in.add(frames[1]);
  BOOST_REQUIRE(rest);
  BOOST_TEST(rest->size() == 1u);
}

BOOST_AUTO_TEST_CASE(endless_frames_do_not_gather) {
  frame_assembler in;
  frame x{1, 7, false, text(frame_bytes_max)};
  for (size_t sent = 0; sent < 2 * framed_bytes_max; sent += frame_bytes_max)
    BOOST_TEST(!in.add(x));
  x.is_last = true;
  auto whole = in.add(x);
  BOOST_REQUIRE(whole);
  BOOST_TEST(whole->size() <= framed_bytes_max);
}

BOOST_AUTO_TEST_SUITE_END()
