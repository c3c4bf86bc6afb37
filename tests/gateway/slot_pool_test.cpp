#include "gateway/http/placed_stream.hpp"

#include "tests/gateway/pieces.hpp"

using namespace batch;
using namespace batch::test;

BOOST_AUTO_TEST_CASE(a_pool_has_so_many_slots_and_gets_them_back) {
  slot_pool pool{2, "exports", "--exports-max"};
  {
    auto a = pool.take();
    auto b = pool.take();
    BOOST_TEST((a && b));
    for (int i = 0; i < 3; ++i) {
      auto c = pool.take();
      BOOST_REQUIRE(!c);
      BOOST_TEST((c.error().code == ec::overloaded));
      BOOST_TEST(c.error().message.starts_with("2 exports are under way"));
      BOOST_TEST(c.error().message.ends_with("--exports-max"));
    }
    auto moved = std::move(a);
  }
  auto a = pool.take();
  auto b = pool.take();
  BOOST_TEST((a && b));
  BOOST_TEST(!pool.take());
}

BOOST_AUTO_TEST_CASE(a_place_is_free_again_when_its_stream_goes) {
  slot_pool pool{1, "exports", "--exports-max"};
  {
    placed_stream stream{pieces_of({"a"}), std::move(*pool.take())};
    BOOST_TEST(!pool.take());
    BOOST_TEST(read_whole(stream) == "a");
    BOOST_TEST(!pool.take());
  }
  BOOST_TEST(pool.take().has_value());
}
