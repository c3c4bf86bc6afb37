#include "actors/embedders/lexical_hash_embedder.hpp"

#include "actors/embedders/folded_text.hpp"
#include "actors/embedders/lexical_features.hpp"
#include "actors/embedders/text_embedder.hpp"

namespace batch {

namespace {

constexpr size_t dimensions_count = 384;

class lexical_hash_embedder : public text_embedder {
public:
  std::string_view model() const override { return lexical_hash_model; }
  size_t dimensions() const override { return dimensions_count; }

private:
  embed_answer embed_one(std::string_view text) const override {
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
};

} // namespace

embedder_ptr make_lexical_hash_embedder() {
  return std::make_shared<lexical_hash_embedder>();
}

} // namespace batch
