#include "actors/embedders/providers/text_batcher.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace batch;

namespace {

using text_views = std::vector<std::string_view>;

} // namespace

BOOST_AUTO_TEST_SUITE(text_batcher_test)

BOOST_AUTO_TEST_CASE(a_call_is_filled_up_to_the_first_limit) {
  text_views all(100, "twelve bytes");
  BOOST_TEST(text_batcher({64, 1 << 20, SIZE_MAX}).take(all) == 64u);
  BOOST_TEST(text_batcher({64, 120, SIZE_MAX}).take(all) == 10u);
  BOOST_TEST(text_batcher({64, 1 << 20, 50}).take(all) == 10u);
  BOOST_TEST(text_batcher({200, 1 << 20, SIZE_MAX}).take(all) == 100u);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_large_goes_by_itself) {
  text_views all{"a text beyond the limit", "b"};
  BOOST_TEST(text_batcher({64, 5, 2}).take(all) == 1u);
  BOOST_TEST(text_batcher({64, 5, 2}).take({}) == 0u);
}

BOOST_AUTO_TEST_CASE(other_scripts_have_more_tokens) {
  std::string greek;
  for (int i = 0; i < 12; ++i)
    greek += "\u03B1";
  text_views all(100, greek);
  BOOST_TEST(text_batcher({100, 1 << 20, 170}).take(all) == 10u);
}

BOOST_AUTO_TEST_CASE(tokens_are_learnt_from_what_the_provider_counts) {
  text_views all(100, "twelve bytes");
  text_batcher aut{{100, 1 << 20, 100}};
  BOOST_TEST(aut.take(all) == 20u);
  aut.learn_tokens(std::span{all}.first(10), 100);
  BOOST_TEST(aut.take(all) == 10u);
  for (int i = 0; i < 100; ++i)
    aut.learn_tokens(std::span{all}.first(10), 25);
  BOOST_TEST(aut.take(all) == 33u);
  aut.learn_tokens(std::span{all}.first(10), UINT64_MAX);
  BOOST_TEST(aut.take(all) >= 1u);
  aut.learn_tokens({}, 5);
}

BOOST_AUTO_TEST_CASE(limits_are_learnt_and_never_grow_beyond_what_was_given) {
  text_batcher aut{{100, 1000, SIZE_MAX}};
  aut.learn_inputs(32);
  aut.learn_inputs(64);
  BOOST_TEST(aut.limits().inputs == 32u);
  aut.learn_inputs(0);
  BOOST_TEST(aut.limits().inputs == 1u);
  aut.learn_slow(800);
  BOOST_TEST(aut.limits().bytes == 400u);
  for (int i = 0; i < 100; ++i)
    aut.learn_good();
  BOOST_TEST(aut.limits().bytes == 1000u);
}

BOOST_AUTO_TEST_CASE(what_was_only_guessed_is_forgotten) {
  text_batcher aut{{100, 1000, SIZE_MAX}};
  aut.learn_inputs(80);
  aut.guess_inputs(20);
  aut.guess_inputs(50);
  aut.guess_bytes(300);
  for (size_t i = 1; i < text_batcher::guess_calls; ++i)
    aut.learn_good();
  BOOST_TEST(aut.limits().inputs == 20u);
  BOOST_TEST(aut.limits().bytes == 300u);
  aut.learn_good();
  BOOST_TEST(aut.limits().inputs == 80u);
  BOOST_TEST(aut.limits().bytes == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
