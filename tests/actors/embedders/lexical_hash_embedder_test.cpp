#include "actors/embedders/lexical_hash_embedder.hpp"

#include <cmath>
#include <cstring>
#include <numeric>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(lexical_hash_embedder_test)

namespace {

const auto aut = make_lexical_hash_embedder();

embed_answer try_embed(std::string_view text) {
  return aut->embed({&text, 1}).front();
}

std::vector<float> embed(std::string_view text) {
  auto vector = try_embed(text);
  BOOST_TEST_REQUIRE(vector.has_value(), text);
  return *vector;
}

double product(const std::vector<float>& x, const std::vector<float>& y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

/// The cosine, as vectors have unit length.
double likeness(std::string_view a, std::string_view b) {
  return product(embed(a), embed(b));
}

std::string repeat(std::string_view text, size_t bytes) {
  std::string repeated;
  while (repeated.size() < bytes)
    repeated += text;
  return repeated;
}

/// FNV-1a over the bits of the numbers.
uint64_t checksum(const std::vector<float>& vector) {
  uint64_t sum = 0xcbf29ce484222325;
  for (auto x : vector) {
    unsigned char bytes[sizeof x];
    std::memcpy(bytes, &x, sizeof x);
    for (auto byte : bytes)
      sum = (sum ^ byte) * 0x100000001b3;
  }
  return sum;
}

const std::string texts[] = {
  "a",
  "7",
  "Berlin",
  "The quick brown fox jumps over the lazy dog",
  "Île-de-France, Provence-Alpes-Côte d'Azur",
  "Москва — столица России",
  "東京都は日本の首都です",
  "서울은 한국의 수도",
  "القاهرة عاصمة مصر",
  "नई दिल्ली भारत की राजधानी",
  "กรุงเทพมหานคร",
};

const std::string texts_without_words[] = {
  "", " ", "\n\t \r\n", "…", "-- !? --", "\u00a0\u2003", "🎉🎉", "\xff\xfe",
};

/// Two texts that share words or spelling, and one that is unrelated.
struct triplet {
  std::string text;
  std::string near;
  std::string far;
};

std::ostream& operator<<(std::ostream& out, const triplet& x) {
  return out << x.text;
}

const triplet triplets[] = {
  {"a red bicycle for sale", "for sale: one red bicycle",
   "minutes of the annual meeting"},
  {"colour of the harbour", "color of the harbor", "price list in euros"},
  {"organisation", "reorganisations", "waterfall"},
  {"connection timed out", "connection was timed out", "invoice is paid"},
  {"東京都の人口", "東京の人口は", "大阪で食べる"},
  {"столица России", "столицы России", "красный велосипед"},
  {"عاصمة مصر", "عاصمة مصر القاهرة", "دراجة حمراء"},
};

} // namespace

BOOST_AUTO_TEST_CASE(it_says_what_it_is) {
  BOOST_TEST(aut->model() == "lexical-hash-384");
  BOOST_TEST(aut->dimensions() == 384u);
}

BOOST_DATA_TEST_CASE(a_vector_has_unit_length, texts) {
  auto vector = embed(sample);
  BOOST_TEST(vector.size() == aut->dimensions());
  BOOST_TEST(std::abs(likeness(sample, sample) - 1) < 1e-5);
}

BOOST_DATA_TEST_CASE(one_text_has_one_vector, texts) {
  BOOST_TEST((embed(sample) == embed(sample)));
  auto another = make_lexical_hash_embedder();
  std::string_view text = sample;
  BOOST_TEST((*another->embed({&text, 1}).front() == embed(sample)));
}

BOOST_DATA_TEST_CASE(a_text_without_letters_and_digits_has_no_vector,
                     texts_without_words) {
  auto vector = try_embed(sample);
  BOOST_TEST_REQUIRE(!vector.has_value());
  BOOST_TEST((vector.error().why.code == ec::no_text));
  BOOST_TEST(!vector.error().why.message.empty());
}

BOOST_AUTO_TEST_CASE(answers_are_in_the_order_of_the_texts) {
  BOOST_TEST(aut->embed({}).empty());
  std::string_view asked[] = {"first", "", "second", "first", "..."};
  auto answers = aut->embed(asked);
  BOOST_TEST_REQUIRE(answers.size() == 5u);
  BOOST_TEST((*answers[0] == embed("first")));
  BOOST_TEST((answers[1].error().why.code == ec::no_text));
  BOOST_TEST((*answers[2] == embed("second")));
  BOOST_TEST((*answers[3] == *answers[0]));
  BOOST_TEST((answers[4].error().why.code == ec::no_text));
}

BOOST_AUTO_TEST_CASE(case_form_and_punctuation_do_not_count) {
  BOOST_TEST((embed("Hello, WORLD!") == embed("hello world")));
  BOOST_TEST((embed("МОСКВА") == embed("москва")));
  BOOST_TEST((embed("ＡＢＣ１２") == embed("abc12")));
  BOOST_TEST((embed("Caf\u00e9") == embed("cafe\u0301")));
  BOOST_TEST((embed("straße") == embed("STRASSE")));
}

BOOST_AUTO_TEST_CASE(the_order_of_words_counts_a_little) {
  auto swapped = likeness("dog bites man", "man bites dog");
  BOOST_TEST(swapped < 0.999);
  BOOST_TEST(swapped > 0.7);
}

BOOST_DATA_TEST_CASE(shared_spelling_is_nearer_than_none, triplets) {
  BOOST_TEST(likeness(sample.text, sample.near)
             > likeness(sample.text, sample.far) + 0.15);
}

BOOST_DATA_TEST_CASE(a_huge_text_has_a_vector,
                     boost::unit_test::data::make({"word and other words ", "a",
                                                   "京", "\u0301\u0316",
                                                   "\ufdfa", "e\u0301",
                                                   "\xff"
                                                   "a"})) {
  auto vector = embed(repeat(sample, 1 << 20));
  BOOST_TEST(std::abs(product(vector, vector) - 1) < 1e-5);
}

// If this fails, the format has changed: vectors that users have stored would
// be compared with others of another kind. Give the model a new name instead.
BOOST_AUTO_TEST_CASE(the_format_is_what_it_was) {
  uint64_t sum = 0;
  for (const auto& text : texts)
    sum = sum * 31 + checksum(embed(text));
  BOOST_TEST(sum == 1926107800756340413u);

  auto a = embed("a");
  size_t places = 0;
  for (auto x : a)
    places += x != 0;
  BOOST_TEST(places == 2u); // the word "a" and its part " a "
}

BOOST_AUTO_TEST_SUITE_END()
