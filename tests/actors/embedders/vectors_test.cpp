#include "actors/embedders/vectors_embedder.hpp"
#include "actors/embedders/vectors_text.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <cmath>
#include <sstream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace std::string_literals;

namespace {

struct row {
  std::string word;
  std::vector<float> numbers;
  bool operator==(const row&) const = default;
};

expected<std::vector<row>> read(const std::string& text) {
  std::istringstream in{text};
  std::vector<row> rows;
  auto done = read_vectors_text(in, [&](auto word, auto numbers) {
    rows.push_back({std::string{word}, {numbers.begin(), numbers.end()}});
    return true;
  });
  if (!done)
    return fail(done);
  return rows;
}

const std::vector<row> two_words{{"a", {1, -0.5F}}, {"b", {0, 2e-3F}}};

const std::string wrong_texts[] = {
  "",
  "a\n",
  " 1 2\n",
  "a 1 2\nb 1\n",
  "a 1 2\nb 1 x\n",
  "a 1 2\nb 1 nan\n",
  "a 1 2\nb 1 inf\n",
  "a 1 2\n\nb 1 2\n",
  "3 2\na 1 2\n",
  "1 0\na\n",
  "1 5000\na 1\n",
  "a 1 2\n"s + std::string(200 << 10, 'x') + "\n",
  "\xba\x16\x4f\x2f\x0c\0\0\0"s,
};

struct vectors_fixture {
  expected<embedder_ptr> open(const std::string& text) {
    test::write_file(folder.path() / "words.vec", text);
    return make_vectors_embedder(folder.path() / "words.vec");
  }

  test::temporary_folder folder;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(vectors_test, vectors_fixture)

BOOST_AUTO_TEST_CASE(all_three_forms_of_files_are_read) {
  for (auto text : {"a 1 -0.5\nb 0 2e-3\n", "2 2\na 1 -0.5\nb 0 2e-3\n",
                    "2 2\na 1 -0.5 \nb 0 2e-3 ", "a 1 -0.5\r\nb 0 2e-3\r\n"}) {
    auto rows = read(text);
    BOOST_REQUIRE_MESSAGE(rows, text);
    BOOST_TEST((*rows == two_words), text);
  }
}

BOOST_AUTO_TEST_CASE(words_may_hold_blanks) {
  auto rows = read("2 1\n. . . 1\nat name@x.com 2\n");
  BOOST_REQUIRE(rows);
  BOOST_TEST((*rows)[0].word == ". . .");
  BOOST_TEST((*rows)[1].word == "at name@x.com");
}

BOOST_DATA_TEST_CASE(what_is_not_known_is_refused_with_its_line, wrong_texts,
                     text) {
  auto rows = read(text);
  BOOST_REQUIRE(!rows);
  BOOST_TEST((rows.error().code == ec::invalid_request));
  BOOST_TEST(rows.error().message.starts_with("line "));
}

BOOST_AUTO_TEST_CASE(a_text_is_the_mean_of_its_known_words) {
  auto aut = open("Cat 3 4\ndog 0 1\ncat 9 9\nnew york 1 0\n");
  BOOST_REQUIRE_MESSAGE(aut, (aut ? "" : aut.error().message));
  std::string_view texts[] = {"a CAT", "unknown", "york"};
  auto answers = (*aut)->embed(texts);
  BOOST_REQUIRE(answers[0]);
  BOOST_TEST((*answers[0])[0] == 0.6F, boost::test_tools::tolerance(1e-6F));
  BOOST_TEST((answers[1].error().why.code == ec::no_text));
  BOOST_TEST((answers[2].error().why.code == ec::no_text));
  BOOST_TEST((*aut)->dimensions() == 2u);
}

BOOST_AUTO_TEST_CASE(rare_words_count_for_more_than_frequent_ones) {
  std::string text = "the 1 0\n";
  for (int i = 0; i < 5000; ++i)
    text += "w" + std::to_string(i) + " 0 0\n";
  text += "zebra 0 1\n";
  auto aut = open(text);
  BOOST_REQUIRE(aut);
  std::string_view both = "the zebra";
  auto answers = (*aut)->embed({&both, 1});
  BOOST_REQUIRE(answers[0]);
  BOOST_TEST((*answers[0])[1] > 5 * (*answers[0])[0]);
}

BOOST_AUTO_TEST_CASE(the_model_is_named_after_what_is_in_the_file) {
  auto first = open("a 1 2\n"), same = open("a 1 2\n"), other = open("a 1 3\n");
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(same);
  BOOST_REQUIRE(other);
  BOOST_TEST((*first)->model() == (*same)->model());
  BOOST_TEST((*first)->model() != (*other)->model());
  BOOST_TEST((*first)->model().starts_with("vectors-2-"));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_named) {
  for (auto path : {folder.path() / "none", folder.path()}) {
    auto aut = make_vectors_embedder(path);
    BOOST_REQUIRE(!aut);
    BOOST_TEST(aut.error().message.find(path.string()) == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
