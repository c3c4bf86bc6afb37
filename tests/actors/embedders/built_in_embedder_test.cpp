#include "actors/embedders/built_in_embedder.hpp"

#include <numeric>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;

BOOST_AUTO_TEST_SUITE(built_in_embedder_test)

namespace {

std::vector<float> embed(std::string_view text) {
  auto answers = built_in_embedder()->embed({&text, 1});
  BOOST_REQUIRE(answers.front());
  return *answers.front();
}

double likeness(std::string_view a, std::string_view b) {
  auto x = embed(a), y = embed(b);
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

struct triplet {
  const char* text;
  const char* near;
  const char* far;
};

std::ostream& operator<<(std::ostream& out, const triplet& x) {
  return out << x.text;
}

const triplet triplets[] = {
  {"car", "automobile", "cardinal"},
  {"The physician examined the patient", "a doctor saw a sick person",
   "the farmer sold his old tractor"},
  {"an island in the Caribbean", "a tropical isle in the West Indies",
   "a mountain range in central Asia"},
  {"cheap flights to Paris", "low-cost airline tickets to France",
   "expensive furniture made of oak"},
};

} // namespace

BOOST_AUTO_TEST_CASE(the_name_says_how_many_dimensions_there_are) {
  auto aut = built_in_embedder();
  auto vector = embed("hello");
  BOOST_TEST(vector.size() == aut->dimensions());
  BOOST_TEST(aut->model().ends_with("-" + std::to_string(vector.size())));
  BOOST_TEST(aut->model().size() <= model_name_bytes_max);
}

BOOST_DATA_TEST_CASE(meaning_counts_for_more_than_spelling, triplets, x) {
  BOOST_TEST(likeness(x.text, x.near) > likeness(x.text, x.far));
}

BOOST_AUTO_TEST_CASE(the_same_text_has_the_same_vector) {
  BOOST_TEST((embed("Some text, twice") == embed("some TEXT twice")));
}

BOOST_AUTO_TEST_CASE(other_languages_are_told_apart_by_their_spelling) {
  BOOST_TEST(likeness("Москва", "москва") > 0.999);
  BOOST_TEST(likeness("Москва", "Αθήνα") < 0.3);
}

BOOST_AUTO_TEST_SUITE_END()
