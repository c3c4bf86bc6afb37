#include "actors/embedders/lexical_hash_embedder.hpp"

#include "actors/embedders/folded_text.hpp"
#include "actors/embedders/lexical_features.hpp"

namespace batch {

namespace {

constexpr size_t dimensions_count = 384;

embed_answer embed_text(std::string_view text) {
  lexical_features features{dimensions_count};
  features.add(fold_text(text));
  if (features.empty())
    return fail(
      ec::no_text,
      "the text has no word to make a vector of: no letter and no digit");
  std::vector<float> vector(dimensions_count);
  features.write(vector, 1);
  return vector;
}

class lexical_hash_embedder : public embedder {
public:
  std::string_view model() const override { return lexical_hash_model; }
  size_t dimensions() const override { return dimensions_count; }

  std::vector<embed_answer>
  embed(std::span<const std::string_view> texts) const override {
    std::vector<embed_answer> answers;
    answers.reserve(texts.size());
    for (auto text : texts)
      answers.push_back(embed_text(text));
    return answers;
  }
};

} // namespace

embedder_ptr make_lexical_hash_embedder() {
  return std::make_shared<lexical_hash_embedder>();
}

} // namespace batch
