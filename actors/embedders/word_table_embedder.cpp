#include "actors/embedders/word_table_embedder.hpp"

#include "actors/embedders/folded_text.hpp"
#include "actors/embedders/lexical_features.hpp"
#include "actors/embedders/text_embedder.hpp"

#include <algorithm>
#include <cmath>

namespace batch {

namespace {

/// Words after which the sums are carried over: 256 * 127 * 32767 fits into
/// 31 bits.
constexpr size_t words_per_sum = 256;

/// Adds up the known words of one text.
class known_words {
public:
  explicit known_words(const word_table& table)
    : table_(table), sums_(table.dimensions()), totals_(table.dimensions()) {}

  void add(std::span<const uint32_t> folded) {
    for (size_t begin = 1; begin < folded.size();) {
      auto end = begin;
      while (folded[end] != ' ')
        ++end;
      if (auto found = table_.find(folded.subspan(begin, end - begin)))
        add(*found);
      begin = end + 1;
    }
    carry();
  }

  bool empty() const {
    return std::ranges::all_of(totals_, [](auto x) { return x == 0; });
  }

  void write(std::span<float> out, double length) const {
    double squares = 0;
    for (auto x : totals_)
      squares += static_cast<double>(x) * static_cast<double>(x);
    auto scale = squares == 0 ? 0 : length / std::sqrt(squares);
    for (size_t i = 0; i < totals_.size(); ++i)
      out[i] = static_cast<float>(static_cast<double>(totals_[i]) * scale);
  }

private:
  void add(const word_table::entry& word) {
    auto sums = sums_.data();
    auto numbers = word.numbers.data();
    for (size_t i = 0, size = sums_.size(); i < size; ++i)
      sums[i] += int16_t{numbers[i]} * word.weight;
    if (++words_ % words_per_sum == 0)
      carry();
  }

  void carry() {
    for (size_t i = 0; i < sums_.size(); ++i) {
      totals_[i] += sums_[i];
      sums_[i] = 0;
    }
  }

  const word_table& table_;
  std::vector<int32_t> sums_;
  std::vector<int64_t> totals_;
  size_t words_ = 0;
};

class word_table_embedder : public text_embedder {
public:
  explicit word_table_embedder(word_table table)
    : table_(std::move(table)),
      model_("static-" + table_.name() + "-" + std::to_string(dimensions())) {}

  std::string_view model() const override { return model_; }
  size_t dimensions() const override {
    return table_.dimensions() + table_.hashed_dimensions();
  }

private:
  embed_answer embed_one(std::string_view text) const override {
    auto folded = fold_text(text);
    known_words known{table_};
    known.add(folded);
    lexical_features spelling{table_.hashed_dimensions()};
    if (table_.hashed_dimensions() > 0)
      spelling.add(folded);
    if (known.empty() && spelling.empty())
      return fail(ec::no_text, "the text has no word to make a vector of: no "
                               "letter and no digit that the model knows");
    auto share = known.empty()      ? 1
                 : spelling.empty() ? 0
                                    : table_.hashed_share();
    std::vector<float> vector(dimensions());
    auto rest = std::span{vector}.subspan(table_.dimensions());
    known.write(std::span{vector}.first(table_.dimensions()),
                std::sqrt(1 - share));
    spelling.write(rest, std::sqrt(share));
    return vector;
  }

  word_table table_;
  std::string model_;
};

} // namespace

embedder_ptr make_word_table_embedder(word_table table) {
  return std::make_shared<word_table_embedder>(std::move(table));
}

} // namespace batch
