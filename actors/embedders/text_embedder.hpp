// The embedders that make the vector of a text from that text alone.
#pragma once

#include "actors/embedders/embedder.hpp"

namespace batch {

/// An embedder to which it makes no difference whether texts come together.
class text_embedder : public embedder {
public:
  std::vector<embed_answer>
  embed(std::span<const std::string_view> texts) const final {
    std::vector<embed_answer> answers;
    answers.reserve(texts.size());
    for (auto text : texts)
      answers.push_back(embed_one(text));
    return answers;
  }

private:
  virtual embed_answer embed_one(std::string_view text) const = 0;
};

} // namespace batch
