#include "actors/embedders/wordpiece.hpp"

#include "actors/embedders/bert_text.hpp"
#include "tests/actors/embedders/static_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;
using namespace std::string_literals;

namespace {

using ids = std::vector<uint32_t>;

wordpiece tokenizer() {
  auto made = wordpiece::read(tokenizer_json());
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  return std::move(*made);
}

std::string replaced(std::string text, const std::string& from,
                     const std::string& to) {
  auto at = text.find(from);
  BOOST_REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

struct change {
  const char* from;
  const char* to;
};

std::ostream& operator<<(std::ostream& out, const change& x) {
  return out << x.from << " -> " << x.to;
}

const change unknown_files[] = {
  {"BertNormalizer", "Precompiled"},
  {"\"BertPreTokenizer\"", "\"Metaspace\""},
  {"\"type\":\"WordPiece\",\"unk", "\"type\":\"Unigram\",\"unk"},
  {"\"type\":\"WordPiece\",\"unk", "\"type\":\"BPE\",\"unk"},
  {"\"1.0\"", "\"2.0\""},
  {"\"padding\":null", "\"padding\":{\"strategy\":\"BatchLongest\"}"},
  {"\"truncation\":null", "\"truncation\":{\"max_length\":512}"},
  {"\"unk_token\":\"[UNK]\"", "\"unk_token\":\"<unk>\""},
  {"\"dog\":3", "\"dog\":-3"},
  {"\"dog\":3", "\"dog\":99999999999"},
  {"\"dog\":3", "\"cat\":3"},
  {"\"lstrip\":false", "\"lstrip\":true"},
  {"\"vocab\":{", "\"vocab\":[{"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(wordpiece_test)

BOOST_AUTO_TEST_CASE(words_are_parted_into_the_longest_pieces) {
  auto aut = tokenizer();
  BOOST_TEST((aut.encode("cats") == ids{1, 2}));
  BOOST_TEST((aut.encode("Cat dog.") == ids{1, 3, 4}));
  BOOST_TEST((aut.encode("") == ids{}));
  BOOST_TEST(aut.ids() == 7u);
}

BOOST_AUTO_TEST_CASE(a_word_that_is_not_known_to_its_end_is_left_out) {
  auto aut = tokenizer();
  BOOST_TEST((aut.encode("catx dog") == ids{3}));
  BOOST_TEST((aut.encode(std::string(101, 's') + " cat") == ids{1}));
  std::string long_word = "cat" + std::string(98, 's');
  BOOST_TEST((aut.encode(long_word) == ids{}));
  BOOST_TEST(aut.encode("cat" + std::string(97, 's')).size() == 98u);
}

BOOST_AUTO_TEST_CASE(accents_case_and_control_characters_do_not_matter) {
  auto aut = tokenizer();
  BOOST_TEST((aut.encode("Café") == ids{5}));
  BOOST_TEST((aut.encode("cafe\u0301") == ids{5}));
  BOOST_TEST((aut.encode("ca\u200bt\tdog\n.") == ids{1, 3, 4}));
  BOOST_TEST((aut.encode("cat\u3000dog\u00a0cat") == ids{1, 3, 1}));
}

BOOST_AUTO_TEST_CASE(added_tokens_stand_for_themselves) {
  auto aut = tokenizer();
  BOOST_TEST((aut.encode("cat[SEP]dog") == ids{1, 6, 3}));
  BOOST_TEST((aut.encode("[sep]") == ids{}));
  BOOST_TEST((aut.encode("[UNK]cat") == ids{1}));
}

BOOST_AUTO_TEST_CASE(ideographs_and_punctuation_are_words_by_themselves) {
  bert_normalizer normal;
  BOOST_TEST(normal.normalize("a東京b") == "a 東  京 b");
  auto words = split_bert_words("don't… stop-it");
  std::vector<std::string_view> wanted{"don", "'", "t", "…", "stop", "-", "it"};
  BOOST_TEST((words == wanted));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_do_no_harm) {
  auto aut = tokenizer();
  BOOST_TEST((aut.encode("cat \xff\xfe dog\xc3") == ids{1, 3}));
}

BOOST_DATA_TEST_CASE(what_is_not_known_exactly_is_refused, unknown_files, x) {
  auto made = wordpiece::read(replaced(tokenizer_json(), x.from, x.to));
  BOOST_REQUIRE(!made);
  BOOST_TEST((made.error().code == ec::invalid_request));
  BOOST_TEST(!made.error().message.empty());
}

BOOST_AUTO_TEST_CASE(hostile_texts_are_refused) {
  for (auto text : {"", "null", "[]", "{}", "{\"version\":\"1.0\"}", "{"})
    BOOST_TEST(!wordpiece::read(text), text);
  BOOST_TEST(!wordpiece::read(std::string(100'000, '[')));
}

BOOST_AUTO_TEST_SUITE_END()
