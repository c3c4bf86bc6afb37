#include "actors/api/clerk_pool.hpp"

#include "tests/actors/api/api_fixture.hpp"
#include "tests/actors/quiet_system.hpp"

using namespace batch;
using namespace batch::test;
using namespace batch::api;

namespace {

/// Clerks that never get to do anything.
struct pool_fixture {
  api_config config;
  test::quiet_system system{config};
  size_t spawned = 0;
  std::function<clerk_actor()> spawn = [this] {
    ++spawned;
    return system.spawn([](clerk_actor::stateful_pointer<clerk_state> self) {
      return clerk(self, std::make_shared<api_context>(
                           self->system(), supervisor_actor{},
                           make_memory_store(), api_options{}));
    });
  };
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(clerk_pool_test, pool_fixture)

BOOST_AUTO_TEST_CASE(clerks_are_spawned_while_all_are_busy_and_kept) {
  clerk_pool pool{2, 10, 1000};
  auto first = pool.take(0, spawn);
  auto second = pool.take(0, spawn);
  BOOST_REQUIRE((first && second));
  BOOST_TEST((*first != *second));
  pool.give_back(*second, 0);
  auto third = pool.take(0, spawn);
  BOOST_REQUIRE(third);
  BOOST_TEST((*third == *second));
  BOOST_TEST(pool.take(0, spawn).has_value());
  BOOST_TEST(pool.clerks() == 2u);
  BOOST_TEST(spawned == 2u);
}

BOOST_AUTO_TEST_CASE(what_waits_is_bounded_in_number_and_in_bytes) {
  clerk_pool pool{1, 3, 100};
  // One call is always let through.
  auto large = pool.take(200, spawn);
  BOOST_REQUIRE(large);
  BOOST_TEST(failed_with(pool.take(1, spawn), ec::overloaded));
  pool.give_back(*large, 200);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(pool.take(1, spawn).has_value());
  BOOST_TEST(failed_with(pool.take(1, spawn), ec::overloaded));
}

BOOST_AUTO_TEST_CASE(a_clerk_that_has_ended_gives_its_calls_back) {
  clerk_pool pool{2, 2, 100};
  auto first = pool.take(60, spawn);
  BOOST_REQUIRE(first);
  BOOST_TEST(pool.take(40, spawn).has_value());
  pool.remove(first->address());
  BOOST_TEST(pool.clerks() == 1u);
  pool.give_back(*first, 60);
  BOOST_TEST(pool.take(60, spawn).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
