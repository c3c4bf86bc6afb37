#include "actors/embedders/providers/provider_gate.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace batch;
using namespace std::chrono_literals;

namespace {

struct gate_fixture {
  provider_gate::time_point now = std::chrono::steady_clock::now();
  provider_gate aut{options()};

  provider_gate_options options() {
    provider_gate_options o;
    o.calls_max = 4;
    o.good_calls_a_step = 3;
    o.now = [this] { return now; };
    o.random = [] { return 0.0; };
    return o;
  }

  bool enter() { return aut.enter(now).has_value(); }

  std::chrono::milliseconds wait() { return aut.enter(now).error().wait; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(provider_gate_test, gate_fixture)

BOOST_AUTO_TEST_CASE(a_closed_gate_says_when_to_come_again) {
  BOOST_TEST(enter());
  auto closed = aut.leave_throttled(10s, "slow down");
  BOOST_TEST((closed.wait == 10s));
  now += 3s;
  auto refused = aut.enter(now + 1min);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().wait == 7s));
  BOOST_TEST(refused.error().why == "slow down");
  now += 7s;
  BOOST_TEST(enter());
}

BOOST_AUTO_TEST_CASE(one_call_goes_first_when_it_opens_again) {
  BOOST_TEST(enter());
  aut.leave_throttled(10s, "");
  now += 10s;
  BOOST_TEST(enter());
  BOOST_TEST(!enter());
  aut.leave_failed();
  BOOST_TEST(enter());
  BOOST_TEST(!enter());
  aut.leave_good();
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(enter());
  BOOST_TEST(!enter());
}

BOOST_AUTO_TEST_CASE(what_was_on_its_way_does_not_open_it) {
  BOOST_TEST(enter());
  BOOST_TEST(enter());
  aut.leave_throttled(10s, "");
  aut.leave_good();
  BOOST_TEST(!enter());
  now += 10s;
  BOOST_TEST(enter());
  BOOST_TEST(!enter());
}

BOOST_AUTO_TEST_CASE(without_a_time_the_pauses_double_up_to_the_longest) {
  for (auto wanted :
       {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16'000ms, 30'000ms, 30'000ms}) {
    BOOST_REQUIRE(enter());
    BOOST_TEST((aut.leave_throttled({}, "").wait == wanted));
    now += wanted;
  }
  BOOST_TEST(enter());
  aut.leave_good();
  BOOST_TEST(enter());
  BOOST_TEST((aut.leave_throttled({}, "").wait == 500ms));
}

BOOST_AUTO_TEST_CASE(calls_are_halved_and_slowly_become_more) {
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(enter());
  // Together they are one refusal.
  for (int i = 0; i < 4; ++i)
    aut.leave_throttled({}, "");
  BOOST_TEST(aut.calls_allowed() == 2u);
  now += 1min;
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(enter());
    aut.leave_good();
  }
  BOOST_TEST(aut.calls_allowed() == 3u);
  for (int i = 0; i < 30; ++i) {
    BOOST_TEST(enter());
    aut.leave_good();
  }
  BOOST_TEST(aut.calls_allowed() == 4u);
}

BOOST_AUTO_TEST_CASE(a_retry_after_says_nothing_of_how_many_there_may_be) {
  BOOST_TEST(enter());
  aut.leave_throttled(1s, "");
  BOOST_TEST(aut.calls_allowed() == 4u);
}

BOOST_AUTO_TEST_CASE(a_time_of_nothing_counts_once) {
  BOOST_TEST(enter());
  BOOST_TEST((aut.leave_throttled(0s, "").wait <= 1ms));
  now += 1ms;
  for (auto least : {500ms, 1000ms, 2000ms}) {
    BOOST_TEST(enter());
    auto closed = aut.leave_throttled(0s, "");
    BOOST_TEST((closed.wait >= least));
    now += closed.wait;
  }
  // A time that is one is that, however often.
  BOOST_TEST(enter());
  BOOST_TEST((aut.leave_throttled(3s, "").wait == 3s));
}

BOOST_AUTO_TEST_CASE(half_of_the_time_is_left_for_the_call) {
  provider_gate gate{provider_gate_options{1}};
  auto begin = std::chrono::steady_clock::now();
  BOOST_REQUIRE(gate.enter(begin + 1min));
  auto entered = gate.enter(begin + 200ms);
  auto waited = std::chrono::steady_clock::now() - begin;
  BOOST_REQUIRE(!entered);
  BOOST_TEST((waited >= 100ms));
  BOOST_TEST(entered.error().why.find("took all the time")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_later_time_counts_and_an_earlier_one_does_not) {
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(enter());
  aut.leave_throttled(10s, "a");
  aut.leave_throttled(20s, "b");
  aut.leave_throttled(1s, "c");
  BOOST_TEST((wait() == 20s));
}

BOOST_AUTO_TEST_CASE(no_more_calls_than_allowed_are_inside_at_one_time) {
  provider_gate gate{provider_gate_options{3}};
  std::atomic<int> inside{0}, most{0}, entered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        if (!gate.enter(std::chrono::steady_clock::now() + 1min))
          return;
        auto here = ++inside;
        auto seen = most.load();
        while (here > seen && !most.compare_exchange_weak(seen, here)) {
        }
        ++entered;
        --inside;
        gate.leave_good();
      }
    });
  for (auto& x : threads)
    x.join();
  BOOST_TEST(entered.load() == 1600);
  BOOST_TEST(most.load() <= 3);
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_place_is_told_when_the_gate_closes) {
  provider_gate gate{provider_gate_options{1}};
  BOOST_REQUIRE(gate.enter(std::chrono::steady_clock::now()));
  std::chrono::milliseconds waited{0};
  std::thread other{[&] {
    auto entered = gate.enter(std::chrono::steady_clock::now() + 1min);
    waited = entered ? 0ms : entered.error().wait;
  }};
  gate.leave_throttled(30s, "");
  other.join();
  BOOST_TEST((waited > 20s));
}

BOOST_AUTO_TEST_SUITE_END()
