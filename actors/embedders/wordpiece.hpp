// The tokenizer of BERT, as tokenizer.json describes it.
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace batch {

/// Parts a text into the numbers of pieces of words.
///
/// Does exactly what Hugging Face's tokenizers do for a file of version 1.0
/// with a BertNormalizer, a BertPreTokenizer and a WordPiece model, asked for
/// no special tokens at the ends. A file that says anything else is refused.
///
/// Thread-safety: immutable.
class wordpiece {
public:
  /// @param json the text of tokenizer.json.
  /// Errors: `ec::invalid_request`, naming what is not known.
  static expected<wordpiece> read(std::string_view json);

  wordpiece(wordpiece&&) noexcept;
  ~wordpiece();

  /// The pieces of a text, in order; those of unknown words are left out.
  /// Takes time in proportion to the text.
  std::vector<uint32_t> encode(std::string_view text) const;

  /// One more than the highest number that `encode` may answer.
  uint32_t ids() const;

private:
  struct rules;
  explicit wordpiece(std::unique_ptr<rules> x);
  std::unique_ptr<rules> rules_;
};

} // namespace batch
