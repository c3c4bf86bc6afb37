#include "gateway/http/stream_slots.hpp"

#include "tests/gateway/pieces.hpp"

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_CASE(a_place_is_free_again_when_its_stream_goes) {
  stream_slots slots{2};
  auto place = [&]() -> expected<byte_stream_ptr> {
    auto slot = slots.take();
    if (!slot)
      return fail(slot);
    return std::make_unique<placed_stream>(pieces_of({"a"}), std::move(*slot));
  };
  auto first = place();
  auto second = place();
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(second);
  for (int i = 0; i < 3; ++i) {
    auto third = place();
    BOOST_REQUIRE(!third);
    BOOST_TEST((third.error().code == ec::overloaded));
    BOOST_TEST(third.error().message.find("--exports-max")
               != std::string::npos);
  }
  BOOST_TEST(read_whole(**first) == "a");
  first->reset();
  auto third = place();
  BOOST_TEST(third.has_value());
  BOOST_TEST(!place());
}
