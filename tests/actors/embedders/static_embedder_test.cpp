#include "actors/embedders/static_embedder.hpp"

#include "actors/embedders/embedder_set.hpp"
#include "tests/actors/embedders/static_model.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

using namespace batch;
using namespace batch::test;

namespace {

const std::vector<float> word_rows{9, 9, 3, 4, 0, 1, 1, 0, 0, 2, 1, 1, 5, 5};
constexpr auto row_shape
  = R"("embeddings":{"dtype":"F32","shape":[7,2],"data_offsets":[0,56]})";

struct static_fixture {
  expected<embedder_ptr> open(const std::string& header,
                              const std::string& data,
                              const std::string& tokenizer = tokenizer_json()) {
    write_file(folder.path() / "model.safetensors",
               safetensors_file(header, data));
    write_file(folder.path() / "tokenizer.json", tokenizer);
    return make_static_embedder(folder.path());
  }

  expected<embedder_ptr> open() {
    return open(std::string{"{"} + row_shape + "}", bytes_of(word_rows));
  }

  std::vector<float> embed(const expected<embedder_ptr>& with,
                           std::string_view text) {
    BOOST_REQUIRE_MESSAGE(with, (with ? "" : with.error().message));
    auto answers = (*with)->embed({&text, 1});
    BOOST_REQUIRE(answers[0]);
    return *answers[0];
  }

  temporary_folder folder;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(static_embedder_test, static_fixture)

BOOST_AUTO_TEST_CASE(a_text_is_the_mean_of_its_pieces_with_length_one) {
  auto aut = open();
  BOOST_TEST((embed(aut, "cat") == std::vector<float>{0.6F, 0.8F}));
  auto both = embed(aut, "cat dog unknown"); // (3,4) + (1,0)
  BOOST_TEST(both[0] == std::sqrt(0.5F), boost::test_tools::tolerance(1e-6F));
  BOOST_TEST(both[1] == std::sqrt(0.5F), boost::test_tools::tolerance(1e-6F));
  BOOST_TEST((*aut)->dimensions() == 2u);
  BOOST_TEST((*aut)->model().starts_with("model2vec-2-"));
}

BOOST_AUTO_TEST_CASE(a_text_of_unknown_words_has_no_vector) {
  auto aut = open();
  BOOST_REQUIRE(aut);
  std::string_view text = "unknown";
  auto answers = (*aut)->embed({&text, 1});
  BOOST_TEST((answers[0].error().why.code == ec::no_text));
}

BOOST_AUTO_TEST_CASE(weights_and_mapping_are_obeyed) {
  auto header = std::string{"{"} + row_shape
                + R"(,"weights":{"dtype":"F64","shape":[7],)"
                  R"("data_offsets":[56,112]},)"
                  R"("mapping":{"dtype":"I64","shape":[7],)"
                  R"("data_offsets":[112,168]}})";
  auto data = bytes_of(word_rows) + bytes_of<double>({1, 2, 1, 4, 1, 1, 1})
              + bytes_of<int64_t>({0, 3, 2, 2, 4, 5, 6});
  auto vector = embed(open(header, data), "cat dog"); // 2 (1,0) + 4 (0,1)
  BOOST_TEST(vector[1] / vector[0] == 2.0F,
             boost::test_tools::tolerance(1e-6F));
}

BOOST_AUTO_TEST_CASE(the_model_is_named_after_both_files) {
  auto first = open(), same = open();
  auto other = open(std::string{"{"} + row_shape + "}", bytes_of(word_rows),
                    tokenizer_json() + "\n");
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(same);
  BOOST_REQUIRE(other);
  BOOST_TEST((*first)->model() == (*same)->model());
  BOOST_TEST((*first)->model() != (*other)->model());
}

BOOST_AUTO_TEST_CASE(models_of_another_kind_are_refused) {
  const std::pair<std::string, std::string> others[] = {
    {R"({"weights":{"dtype":"F32","shape":[7],"data_offsets":[0,28]}})",
     std::string(28, '\0')},
    {R"({"embeddings":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}})",
     std::string(24, '\0')},
    {R"({"embeddings":{"dtype":"F32","shape":[14],"data_offsets":[0,56]}})",
     bytes_of(word_rows)},
    {R"({"embeddings":{"dtype":"F32","shape":[7,2],"data_offsets":[0,56]},)"
     R"("encoder.layer.0":{"dtype":"F32","shape":[1],)"
     R"("data_offsets":[56,60]}})",
     bytes_of(word_rows) + "1234"},
    {R"({"embeddings":{"dtype":"F32","shape":[7,2],"data_offsets":[0,56]},)"
     R"("mapping":{"dtype":"I32","shape":[7],"data_offsets":[56,84]}})",
     bytes_of(word_rows) + bytes_of<int32_t>({0, 1, 2, 3, 4, 5, 7})},
    {R"({"embeddings":{"dtype":"F32","shape":[7,2],"data_offsets":[0,56]}})",
     bytes_of<float>({NAN, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1})},
  };
  for (const auto& [header, data] : others) {
    auto made = open(header, data);
    BOOST_TEST(!made, header);
    if (!made)
      BOOST_TEST(made.error().message.starts_with(folder.path().string()));
  }
}

BOOST_AUTO_TEST_CASE(embedders_are_opened_by_what_they_are_called) {
  BOOST_REQUIRE(open());
  auto path = folder.path().string();
  BOOST_TEST(open_embedder("static:" + path).has_value());
  BOOST_TEST(open_embedder("lexical-hash-384").has_value());
  for (auto spec :
       {"", "static:", "vectors:", "gpt", "static:/nowhere", "bin:/x"}) {
    auto refused = open_embedder(spec);
    BOOST_REQUIRE_MESSAGE(!refused, spec);
    BOOST_TEST((refused.error().code == ec::invalid_request));
  }
}

BOOST_AUTO_TEST_CASE(a_set_has_the_built_in_models_and_one_more) {
  auto more = open();
  BOOST_REQUIRE(more);
  auto set = make_embedder_set(*more);
  BOOST_TEST(set->standard() == *more);
  BOOST_TEST(set->find("") == *more);
  BOOST_TEST(set->find("lexical-hash-384")->dimensions() == 384u);
  BOOST_TEST(set->find("none") == nullptr);
  BOOST_TEST(set->names().starts_with((*more)->model()));
  auto built_in = make_embedder_set();
  auto again = make_embedder_set(built_in->standard());
  BOOST_TEST(again->names() == built_in->names());
}

BOOST_AUTO_TEST_SUITE_END()
