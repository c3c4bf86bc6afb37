#include "actors/embedders/lexical_hash_embedder.hpp"

#include "actors/embedders/folded_text.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace batch {

namespace {

constexpr size_t dimensions_count = 384;

/// A kind of feature; the numbers are those of the format. Source of the
/// weights: the best agreement between nearest neighbours by `Section`, over
/// 8,000 one-line and 800 long descriptions of Debian packages.
struct feature_kind {
  uint64_t seed;
  int64_t weight;
};
constexpr feature_kind word{1, 4};
constexpr feature_kind word_pair{2, 1};
constexpr feature_kind word_part{3, 1};

constexpr size_t part_points_min = 3;
constexpr size_t part_points_max = 5;

/// True for code points of scripts that put no space between words and have
/// so many signs that one tells about as much as a word: Kana and Han.
constexpr bool is_word_by_itself(uint32_t point) {
  return (point >= 0x3040 && point <= 0x30FF)
         || (point >= 0x3400 && point <= 0x4DBF)
         || (point >= 0x4E00 && point <= 0x9FFF)
         || (point >= 0x20000 && point <= 0x3FFFF);
}

/// Sums up the features of one text.
class feature_sums {
public:
  void add(feature_kind kind, std::span<const uint32_t> slice) {
    auto hash
      = XXH3_64bits_withSeed(slice.data(), slice.size_bytes(), kind.seed);
    auto dimension = ((hash >> 32) * dimensions_count) >> 32;
    sums_[dimension] += (hash & 1) != 0 ? kind.weight : -kind.weight;
  }

  expected<std::vector<float>> to_unit_vector() const {
    int64_t total = 0;
    for (auto x : sums_)
      total += std::abs(x);
    if (total == 0)
      return fail(
        ec::no_text,
        "the text has no word to make a vector of: no letter and no digit");
    auto scale = 1 / std::sqrt(static_cast<double>(total));
    std::vector<float> vector(dimensions_count);
    for (size_t i = 0; i < dimensions_count; ++i) {
      auto length = std::sqrt(static_cast<double>(std::abs(sums_[i]))) * scale;
      vector[i] = static_cast<float>(sums_[i] < 0 ? -length : length);
    }
    return vector;
  }

private:
  std::array<int64_t, dimensions_count> sums_{};
};

/// Walks over the words of a folded text in order.
class word_adder {
public:
  word_adder(std::span<const uint32_t> folded, feature_sums& sums)
    : folded_(folded), sums_(sums) {}

  /// Adds the words within what spaces enclose, from `begin` to `end`.
  void add_words(size_t begin, size_t end) {
    for (auto i = begin; i < end; ++i) {
      if (!is_word_by_itself(folded_[i]))
        continue;
      add_word(begin, i);
      add_word(i, i + 1);
      begin = i + 1;
    }
    add_word(begin, end);
  }

private:
  void add_word(size_t begin, size_t end) {
    if (begin == end)
      return;
    sums_.add(word, folded_.subspan(begin, end - begin));
    if (previous_ != 0)
      sums_.add(word_pair, folded_.subspan(previous_, end - previous_));
    previous_ = begin;
  }

  std::span<const uint32_t> folded_;
  feature_sums& sums_;
  /// Where the word before begins; 0, which is a space, if there is none.
  size_t previous_ = 0;
};

/// Adds the parts of what `run` holds, which begins and ends with a space.
void add_parts(std::span<const uint32_t> run, feature_sums& sums) {
  for (auto size = part_points_min; size <= part_points_max; ++size)
    for (size_t i = 0; i + size <= run.size(); ++i)
      sums.add(word_part, run.subspan(i, size));
}

expected<std::vector<float>> embed_text(std::string_view text) {
  auto folded = fold_text(text);
  feature_sums sums;
  word_adder words{folded, sums};
  for (size_t begin = 1; begin < folded.size();) {
    auto end = begin;
    while (folded[end] != ' ')
      ++end;
    words.add_words(begin, end);
    add_parts(std::span{folded}.subspan(begin - 1, end - begin + 2), sums);
    begin = end + 1;
  }
  return sums.to_unit_vector();
}

class lexical_hash_embedder : public embedder {
public:
  std::string_view model() const override { return lexical_hash_model; }
  size_t dimensions() const override { return dimensions_count; }

  std::vector<expected<std::vector<float>>>
  embed(std::span<const std::string_view> texts) const override {
    std::vector<expected<std::vector<float>>> answers;
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
