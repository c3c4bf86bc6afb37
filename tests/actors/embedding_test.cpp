// What jobs of generate-embeddings store, and which models they may mix.
#include "actors/vector_claims.hpp"
#include "codecs/hash.hpp"
#include "tests/actors/service_fixture.hpp"

using namespace batch;
using namespace batch::test;

namespace {

/// Makes vectors of two numbers: the bytes of the text, and 1. Refuses what a
/// text asks for.
class counting_embedder : public embedder {
public:
  counting_embedder(std::string model, size_t bytes_max)
    : model_(std::move(model)), bytes_max_(bytes_max) {}

  std::string_view model() const override { return model_; }
  size_t dimensions() const override { return 2; }
  size_t text_bytes_max() const override { return bytes_max_; }

  std::vector<embed_answer>
  embed(std::span<const std::string_view> texts) const override {
    std::vector<embed_answer> answers;
    for (auto text : texts) {
      BOOST_TEST(text.size() <= bytes_max_);
      if (text == "throttle me" && !throttled_) {
        throttled_ = true;
        embed_refusal refusal{{ec::throttled, "too fast"}};
        refusal.retry_after = std::chrono::seconds{3};
        answers.push_back(tl::unexpected{refusal});
      } else if (text == "refuse me")
        answers.push_back(fail(ec::invalid_item, "not this one"));
      else
        answers.push_back(
          std::vector<float>{static_cast<float>(text.size()), 1});
    }
    return answers;
  }

private:
  std::string model_;
  size_t bytes_max_;
  mutable bool throttled_ = false;
};

service_options with_models() {
  auto o = small_service();
  o.embedders = std::make_shared<embedder_set>(std::vector<embedder_ptr>{
    std::make_shared<counting_embedder>("one", SIZE_MAX),
    std::make_shared<counting_embedder>("two", SIZE_MAX),
    std::make_shared<counting_embedder>("short", 100)});
  return o;
}

std::string text_thing(std::string_view id, std::string_view content) {
  return R"({"ns":"n","id":")" + std::string{id} + R"(","type":"T","content":")"
         + std::string{content} + R"(","data":{"name":"Ann","age":30}})";
}

struct embedding_fixture {
  job_report embed(const std::string& id, const std::string& options = {}) {
    return service.run(
      job_type::generate_embeddings, {R"({"ns":"n","id":")" + id + R"("})"},
      options.empty() ? std::string{} : R"({"embedding":)" + options + "}");
  }

  void import(const std::vector<std::string>& things) {
    service.run(job_type::import_things, things);
  }

  embedding stored(const std::string& id) {
    auto x = find_embedding(*store, "n", id);
    BOOST_REQUIRE(x);
    return *x;
  }

  std::string results(const job_report& x) {
    return service.read_all(make_results_stream(store, x.spec.number));
  }

  store_ptr store = make_memory_store();
  virtual_service service{store, with_models()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(embedding_test, embedding_fixture)

BOOST_AUTO_TEST_CASE(a_vector_says_where_it_comes_from) {
  import({text_thing("a", "abc")});
  embed("a");
  auto x = stored("a");
  BOOST_TEST(x.model == "one");
  BOOST_TEST(x.text_hash == "sha256:" + sha256_hex("abc"));
  BOOST_TEST((x.vector == std::vector<float>{3, 1}));
  auto model = find_namespace_model(*store, "n");
  BOOST_REQUIRE(model);
  BOOST_REQUIRE(*model);
  BOOST_TEST((*model)->model == "one");
  BOOST_TEST((*model)->dimensions == 2u);
}

BOOST_AUTO_TEST_CASE(another_model_is_refused_for_the_item) {
  import({text_thing("a", "abc"), text_thing("b", "abc")});
  embed("a");
  auto refused = embed("b", R"({"model":"two"})");
  BOOST_REQUIRE_EQUAL(refused.errors.size(), 1u);
  BOOST_TEST((refused.errors[0].letter.code == ec::conflict));
  BOOST_TEST(refused.errors[0].letter.attempts.count == 1u);
  BOOST_TEST(
    (find_embedding(*store, "n", "b").error().code == ec::no_such_embedding));
}

BOOST_AUTO_TEST_CASE(another_model_is_refused_at_once_where_that_is_known) {
  import({text_thing("a", "abc")});
  embed("a");
  auto open = [&](const std::string& options) {
    return service.ask<job_ticket>(
      atom::open_atom_v,
      std::make_shared<const job_request>(
        job_request{job_type::generate_embeddings, options, R"({"ns":"n"})"}));
  };
  auto refused = open(R"({"embedding":{"model":"two"}})");
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::conflict));
  BOOST_TEST(open(R"({"embedding":{"model":"two","force":true}})").has_value());
  BOOST_TEST(open(R"({"embedding":{"model":"one"}})").has_value());
  auto unknown = open(R"({"embedding":{"model":"none"}})");
  BOOST_REQUIRE(!unknown);
  BOOST_TEST((unknown.error().code == ec::invalid_option));
  BOOST_TEST(unknown.error().pointer == "/options/embedding/model");
}

BOOST_AUTO_TEST_CASE(force_changes_the_model_of_a_namespace) {
  import({text_thing("a", "abc")});
  embed("a");
  embed("a", R"({"model":"two","force":true})");
  BOOST_TEST(stored("a").model == "two");
  BOOST_TEST((*find_namespace_model(*store, "n"))->model == "two");
  auto refused = embed("a", R"({"model":"one"})");
  BOOST_REQUIRE_EQUAL(refused.errors.size(), 1u);
}

BOOST_AUTO_TEST_CASE(of_two_jobs_at_one_time_one_model_wins) {
  std::vector<std::string> things, refs;
  for (int i = 0; i < 40; ++i) {
    things.push_back(text_thing(std::to_string(i), "abc"));
    refs.push_back(R"({"ns":"n","id":")" + std::to_string(i) + R"("})");
  }
  import(things);
  auto submit = [&](const std::string& model) {
    auto id = service.submit(job_type::generate_embeddings, refs,
                             R"({"chunkSize":4,"embedding":{"model":")" + model
                               + R"("}})");
    BOOST_REQUIRE(id);
    return *id;
  };
  auto first = submit("one"), second = submit("two");
  auto a = service.finish(first), b = service.finish(second);
  BOOST_TEST(a.progress.processed + b.progress.processed == 40u);
  auto winner = (*find_namespace_model(*store, "n"))->model;
  for (int i = 0; i < 40; ++i)
    BOOST_TEST(stored(std::to_string(i)).model == winner);
}

BOOST_AUTO_TEST_CASE(the_text_may_be_made_of_fields) {
  import({text_thing("a", "abc")});
  embed("a", R"({"text":"{name}: {age}"})");
  BOOST_TEST(stored("a").text_hash == "sha256:" + sha256_hex("Ann: 30"));
  auto none = embed("a", R"({"text":"{missing}"})");
  BOOST_REQUIRE_EQUAL(none.errors.size(), 1u);
  BOOST_TEST((none.errors[0].letter.code == ec::no_text));
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_long_fails_or_is_cut_or_is_split) {
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += "word" + std::to_string(100 + i) + " ";
  import({text_thing("a", text)});
  auto failed = embed("a", R"({"model":"short"})");
  BOOST_REQUIRE_EQUAL(failed.errors.size(), 1u);
  BOOST_TEST((failed.errors[0].letter.code == ec::item_too_large));
  auto cut = embed("a", R"({"model":"short","overlong":"truncate"})");
  BOOST_TEST(results(cut).find("\"truncated\":true") != std::string::npos);
  BOOST_TEST(stored("a").text_hash
             == "sha256:" + sha256_hex(text.substr(0, 96)));
  auto again = embed("a", R"({"model":"short","overlong":"truncate"})");
  BOOST_TEST(results(again).find("\"skipped\":true") != std::string::npos);
  embed("a", R"({"model":"short","overlong":"split-mean"})");
  auto x = stored("a");
  BOOST_TEST(x.text_hash == "sha256:" + sha256_hex(text));
  BOOST_TEST(x.vector[0] * x.vector[0] + x.vector[1] * x.vector[1] == 1.0F,
             boost::test_tools::tolerance(1e-5F));
}

BOOST_AUTO_TEST_CASE(a_job_may_bound_its_texts_itself) {
  import({text_thing("a", std::string(80, 'x'))});
  auto failed = embed("a", R"({"maxBytes":64})");
  BOOST_REQUIRE_EQUAL(failed.errors.size(), 1u);
  embed("a", R"({"maxBytes":64,"overlong":"truncate"})");
  BOOST_TEST(stored("a").vector[0] == 64.0F);
}

BOOST_AUTO_TEST_CASE(an_embedder_may_ask_for_patience_or_refuse_one_text) {
  import({text_thing("a", "throttle me"), text_thing("b", "refuse me"),
          text_thing("c", "fine")});
  auto report = service.run(job_type::generate_embeddings,
                            {R"({"ns":"n","id":"a"})", R"({"ns":"n","id":"b"})",
                             R"({"ns":"n","id":"c"})"});
  BOOST_TEST(report.progress.processed == 2u);
  BOOST_REQUIRE_EQUAL(report.errors.size(), 1u);
  BOOST_TEST(report.errors[0].letter.message == "not this one");
  BOOST_TEST(stored("a").model == "one");
}

BOOST_AUTO_TEST_SUITE_END()
