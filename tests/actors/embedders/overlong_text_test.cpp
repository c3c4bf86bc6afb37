#include "actors/embedders/overlong_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

std::string joined(const std::vector<std::string_view>& parts) {
  std::string text;
  for (auto x : parts)
    text += x;
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(overlong_text_test)

BOOST_AUTO_TEST_CASE(a_begin_ends_behind_a_word_where_it_can) {
  BOOST_TEST(begin_of_text("short", 10) == "short");
  BOOST_TEST(begin_of_text("one two three", 10) == "one two ");
  BOOST_TEST(begin_of_text("a abcdefghijkl", 10) == "a abcdefgh");
}

BOOST_AUTO_TEST_CASE(no_code_point_is_cut) {
  BOOST_TEST(begin_of_text("äöüäöü", 5) == "äö");
  BOOST_TEST(begin_of_text("🍎🍎", 7) == "🍎");
}

BOOST_AUTO_TEST_CASE(parts_are_the_whole_text_in_order) {
  std::string text = "The quick brown fox jumps over the lazy dög";
  for (size_t bytes = 4; bytes < text.size() + 2; ++bytes) {
    auto parts = parts_of_text(text, bytes);
    BOOST_TEST(joined(parts) == text);
    for (auto x : parts)
      BOOST_TEST(x.size() <= bytes);
  }
  BOOST_TEST(parts_of_text("a          b", 4).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_mean_counts_parts_by_their_lengths) {
  std::vector<embed_answer> answers{std::vector<float>{1, 0},
                                    std::vector<float>{0, 1}};
  auto mean = mean_of_parts({"123", "4"}, answers);
  BOOST_REQUIRE(mean);
  BOOST_TEST((*mean)[0] / (*mean)[1] == 3.0F,
             boost::test_tools::tolerance(1e-6F));
}

BOOST_AUTO_TEST_CASE(a_part_without_words_does_not_count) {
  std::vector<embed_answer> answers{std::vector<float>{0, 1},
                                    fail(ec::no_text, "nothing")};
  auto mean = mean_of_parts({"123", "?"}, answers);
  BOOST_REQUIRE(mean);
  BOOST_TEST((*mean)[1] == 1.0F);
}

BOOST_AUTO_TEST_CASE(a_refusal_of_a_part_is_one_of_the_text) {
  embed_refusal throttled{{ec::throttled, "later"}};
  throttled.retry_after = std::chrono::seconds{7};
  std::vector<embed_answer> answers{std::vector<float>{0, 1},
                                    tl::unexpected{throttled}};
  auto mean = mean_of_parts({"1", "2"}, answers);
  BOOST_REQUIRE(!mean);
  BOOST_TEST((mean.error().why.code == ec::throttled));
  BOOST_TEST(mean.error().retry_after->count() == 7000);
  auto none = mean_of_parts({"1"}, {fail(ec::no_text, "nothing")});
  BOOST_TEST((none.error().why.code == ec::no_text));
}

BOOST_AUTO_TEST_SUITE_END()
