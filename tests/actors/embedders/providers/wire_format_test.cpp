#include "actors/embedders/providers/wire_format.hpp"

#include <boost/test/unit_test.hpp>

using namespace batch;

namespace {

constexpr auto openai = provider_kind::openai;
constexpr auto ollama = provider_kind::ollama;
constexpr auto tei = provider_kind::tei;
constexpr auto llamacpp = provider_kind::llamacpp;

std::string render(const std::string& spec,
                   const std::vector<std::string_view>& texts) {
  auto parsed = parse_provider(spec);
  BOOST_REQUIRE(parsed);
  return render_texts(*parsed, texts);
}

/// Both vectors of an answer, which must be there.
std::vector<std::vector<double>> read(provider_kind kind,
                                      const std::string& json) {
  auto found = read_vectors(kind, json, 2);
  BOOST_REQUIRE_MESSAGE(found, found.error().message);
  BOOST_REQUIRE_EQUAL(found->vectors.size(), 2u);
  return {found->vectors[0].value(), found->vectors[1].value()};
}

using vectors = std::vector<std::vector<double>>;

} // namespace

BOOST_AUTO_TEST_SUITE(wire_format_test)

BOOST_AUTO_TEST_CASE(each_provider_is_asked_in_its_own_form) {
  BOOST_TEST(render("openai:http://h/v1#m", {"a\"", "b"})
             == R"({"model":"m","input":["a\"","b"],)"
                R"("encoding_format":"float"})");
  BOOST_TEST(render("openai:http://h/v1?dimensions=2#m", {"a"})
             == R"({"model":"m","input":["a"],"encoding_format":"float",)"
                R"("dimensions":2})");
  BOOST_TEST(render("ollama:http://h#m", {"a"})
             == R"({"model":"m","input":["a"],"truncate":false})");
  BOOST_TEST(render("tei:http://h", {"a"})
             == R"({"inputs":["a"],"truncate":false,"normalize":true})");
  BOOST_TEST(render("llamacpp:http://h", {"a", "b"})
             == R"({"content":["a","b"]})");
}

BOOST_AUTO_TEST_CASE(vectors_stand_where_their_index_says) {
  vectors wanted{{1, 2}, {3, 4}};
  BOOST_TEST((read(openai, R"({"object":"list","data":[
      {"object":"embedding","index":1,"embedding":[3, 4.0]},
      {"object":"embedding","index":0,"embedding":[1,2e0]}],
      "model":"m","usage":{"prompt_tokens":9,"total_tokens":9}})")
              == wanted));
  BOOST_TEST((read(openai, R"({"data":[{"embedding":[1,2]},
                                       {"embedding":[3,4]}]})")
              == wanted));
  BOOST_TEST((read(llamacpp, R"([{"index":1,"embedding":[[3,4]]},
                                 {"index":0,"embedding":[[1,2]]}])")
              == wanted));
  BOOST_TEST((read(llamacpp, R"({"results":[{"embedding":[1,2]},
                                            {"embedding":[3,4]}]})")
              == wanted));
  BOOST_TEST((read(ollama, R"({"model":"m","embeddings":[[1,2],[3,4]],
                               "prompt_eval_count":7})")
              == wanted));
  BOOST_TEST((read(tei, " [ [1,2] , [3,4] ] ") == wanted));
}

BOOST_AUTO_TEST_CASE(tokens_are_read) {
  auto found = read_vectors(openai,
                            R"({"usage":{"prompt_tokens":9},
                                "data":[{"embedding":[1]}]})",
                            1);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->tokens == 9u);
  found
    = read_vectors(ollama, R"({"embeddings":[[1]],"prompt_eval_count":7})", 1);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->tokens == 7u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_one_vector_leaves_the_other) {
  for (auto bad : {"[]", "[null]", "[1,\"2\"]", "[1e39]", "[true]", "null",
                   "\"AAAA\"", "[{}]", "{}", "5", "[[]]", "[[1,[2]]]"}) {
    for (auto kind : {openai, ollama, tei, llamacpp}) {
      auto json = kind == tei ? "[" + std::string{bad} + ",[3,4]]"
                  : kind == ollama
                    ? R"({"embeddings":[)" + std::string{bad} + ",[3,4]]}"
                  : kind == openai
                    ? R"({"data":[{"index":0,"embedding":)" + std::string{bad}
                        + R"(},{"index":1,"embedding":[3,4]}]})"
                    : R"([{"index":0,"embedding":)" + std::string{bad}
                        + R"(},{"index":1,"embedding":[[3,4]]}])";
      auto found = read_vectors(kind, json, 2);
      BOOST_REQUIRE_MESSAGE(found, json);
      BOOST_TEST(!found->vectors[0].has_value(), json);
      BOOST_TEST(found->vectors[1].has_value(), json);
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_that_do_not_fit_the_texts_are_refused_whole) {
  for (
    auto json :
    {R"({"data":[{"index":0,"embedding":[1]}]})",
     R"({"data":[]})",
     R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})",
     R"({"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]})",
     R"({"data":[{"index":0,"embedding":[1]},
                    {"index":18446744073709551615,"embedding":[1]}]})",
     R"({"data":[{"index":0,"embedding":[1]},{"index":-1,"embedding":[1]}]})",
     R"({"data":[{"index":0,"embedding":[1]},{"index":"1","embedding":[1]}]})",
     R"({"data":[{"embedding":[1]},{"embedding":[1]},{"embedding":[1]}]})",
     R"({"data":[[1],[2]]})",
     R"({"data":5})",
     R"({"data":{}})",
     R"({"embedding":[1]})",
     R"({"error":"x"})",
     R"({})",
     R"([])",
     "null",
     "5",
     "",
     "<html>",
     R"({"data":[{"index":0,"embedding":[1,2)",
     R"({"data":[{"index":0,"embedding":[NaN]},{"embedding":[1]}]})",
     "{\"data\":[{\"embedding\":[1]},{\"embedding\":[1]}],\"x\":\"\xFF\"}"}) {
    auto found = read_vectors(openai, json, 2);
    BOOST_REQUIRE_MESSAGE(!found, json);
    BOOST_TEST((found.error().code == ec::unavailable), json);
  }
  for (auto json : {"[[1]]", "[[1],[2],[3]]", "[]", "{}", "[[1],[2]", "null"})
    BOOST_TEST(!read_vectors(tei, json, 2).has_value(), json);
  for (auto json : {R"({"embeddings":[]})", R"({"embeddings":[[1]]})", "[[1]]",
                    R"({"embeddings":null})"})
    BOOST_TEST(!read_vectors(ollama, json, 2).has_value(), json);
}

BOOST_AUTO_TEST_CASE(deep_and_long_answers_do_no_harm) {
  BOOST_TEST(!read_vectors(tei, std::string(100'000, '['), 1).has_value());
  std::string deep = std::string(900, '[') + std::string(900, ']');
  BOOST_TEST(!read_vectors(tei, "[" + deep + "," + deep + "]", 1).has_value());
  std::string numbers = "[[1";
  for (size_t i = 1; i < vector_dimensions_max; ++i)
    numbers += ",1";
  auto found = read_vectors(tei, numbers + "]]", 1);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->vectors[0].value().size() == vector_dimensions_max);
  found = read_vectors(tei, numbers + ",1]]", 1);
  BOOST_REQUIRE(found);
  BOOST_TEST(!found->vectors[0].has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_pool_is_not_set_up) {
  auto found
    = read_vectors(llamacpp, R"([{"index":0,"embedding":[[1,2],[3,4]]}])", 1);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error().code == ec::provider_refused));
}

BOOST_AUTO_TEST_CASE(providers_tell_their_model_and_limits) {
  auto info = read_facts(tei, R"({"model_id":"BAAI/bge","model_sha":null,
                                  "max_client_batch_size":64})");
  BOOST_REQUIRE(info);
  BOOST_TEST(info->model == "BAAI/bge");
  BOOST_TEST(info->inputs_max == 64u);
  auto models = read_facts(
    llamacpp,
    R"({"object":"list","data":[{"id":"/m/nomic.gguf"},{"id":"b"}]})");
  BOOST_REQUIRE(models);
  BOOST_TEST(models->model == "nomic.gguf");
  for (auto json : {"", "[]", "null", "{"})
    BOOST_TEST(!read_facts(tei, json).has_value(), json);
  BOOST_TEST(read_facts(tei, R"({"model_id":5})").value().model == "");
}

BOOST_AUTO_TEST_SUITE_END()
