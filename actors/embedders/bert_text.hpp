// Characters as BERT's tokenizer sees them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// What a BertNormalizer does, in this order.
struct bert_normalizer {
  /// Drops control characters; white space becomes a blank.
  bool clean_text = true;
  /// Puts blanks around ideographs.
  bool handle_chinese_chars = true;
  /// Takes accents off (NFD without general category Mn).
  bool strip_accents = true;
  bool lowercase = true;

  /// @param text UTF-8; bytes that are not are left out.
  std::string normalize(std::string_view text) const;
};

/// What a BertPreTokenizer does: words between white space, and each
/// punctuation character by itself. The views point into `text`.
std::vector<std::string_view> split_bert_words(std::string_view text);

/// Code points of a text.
size_t count_points(std::string_view text);

} // namespace batch
