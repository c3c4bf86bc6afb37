#include "actors/embedders/word_table_embedder.hpp"

#include "actors/embedders/folded_text.hpp"

#include <cmath>
#include <numeric>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

word_table::word entry(std::string_view text, uint16_t weight,
                       std::vector<int8_t> numbers) {
  auto folded = fold_text(text);
  return {word_table::hash_of(std::span{folded}.subspan(1, folded.size() - 2)),
          weight, std::move(numbers)};
}

std::string sample(uint16_t hashed = 4, float share = 0.25F) {
  return word_table::write("sample", 2, hashed, share,
                           {entry("cat", 100, {127, 0}),
                            entry("dog", 50, {0, -127}),
                            entry("cat", 1, {1, 1})});
}

word_table table_of(const std::string& bytes) {
  auto table = word_table::read(bytes);
  BOOST_REQUIRE_MESSAGE(table, (table ? "" : table.error().message));
  return *table;
}

std::vector<float> embed(const std::string& bytes, std::string_view text) {
  auto answers = make_word_table_embedder(table_of(bytes))->embed({&text, 1});
  BOOST_REQUIRE(answers.front());
  return *answers.front();
}

double length(std::span<const float> x) {
  return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
}

} // namespace

BOOST_AUTO_TEST_SUITE(word_table_test)

BOOST_AUTO_TEST_CASE(a_table_finds_its_words_and_no_others) {
  auto bytes = sample();
  auto table = table_of(bytes);
  BOOST_TEST(table.name() == "sample");
  BOOST_TEST(table.size() == 2u);
  BOOST_TEST(table.dimensions() == 2u);
  BOOST_TEST(table.hashed_dimensions() == 4u);
  std::vector<uint32_t> cat{'c', 'a', 't'}, cow{'c', 'o', 'w'};
  auto found = table.find(cat);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->weight == 100);
  BOOST_TEST(int{found->numbers[0]} == 127);
  BOOST_TEST(!table.find(cow));
}

BOOST_AUTO_TEST_CASE(a_damaged_table_is_refused) {
  auto whole = sample();
  for (size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!word_table::read(whole.substr(0, size)), size);
  for (size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
    BOOST_TEST(!word_table::read(damaged), i);
  }
  BOOST_TEST(!word_table::read(whole + "x"));
}

BOOST_AUTO_TEST_CASE(known_words_and_spelling_share_the_length_of_a_vector) {
  auto vector = embed(sample(), "Cat!");
  BOOST_REQUIRE(vector.size() == 6u);
  BOOST_TEST(length(vector) == 1.0, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(vector[0] == std::sqrt(0.75F),
             boost::test_tools::tolerance(1e-6F));
  BOOST_TEST(vector[1] == 0.0F);
  BOOST_TEST(length(std::span{vector}.subspan(2)) == 0.5,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(words_count_by_their_weights) {
  auto vector = embed(sample(0, 0), "cat dog");
  BOOST_TEST(vector[0] / -vector[1] == 2.0F);
}

BOOST_AUTO_TEST_CASE(unknown_words_have_their_spelling_alone) {
  auto vector = embed(sample(), "aardvark");
  BOOST_TEST(vector[0] == 0.0F);
  BOOST_TEST(vector[1] == 0.0F);
  BOOST_TEST(length(vector) == 1.0, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(very_long_texts_do_not_overflow) {
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text += "cat ";
  auto vector = embed(sample(0, 0), text);
  BOOST_TEST(vector[0] == 1.0F);
}

BOOST_AUTO_TEST_CASE(a_text_without_words_has_no_vector) {
  auto bytes = sample();
  auto aut = make_word_table_embedder(table_of(bytes));
  std::string_view texts[] = {"", " \n", "?!", "cat"};
  auto answers = aut->embed(texts);
  BOOST_REQUIRE(answers.size() == 4u);
  for (size_t i = 0; i < 3; ++i)
    BOOST_TEST((answers[i].error().why.code == ec::no_text));
  BOOST_TEST(answers[3].has_value());
  BOOST_TEST(aut->model() == "static-sample-6");
}

BOOST_AUTO_TEST_SUITE_END()
