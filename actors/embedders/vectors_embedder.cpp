#include "actors/embedders/vectors_embedder.hpp"

#include "actors/embedders/folded_text.hpp"
#include "actors/embedders/text_embedder.hpp"
#include "actors/embedders/unit_vector.hpp"
#include "actors/embedders/vectors_text.hpp"
#include "codecs/hash.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <unordered_map>

namespace batch {

namespace {

constexpr double rarity = 1e-3;
constexpr double place_offset = 2.7;

using points = std::u32string;

/// The word that an entry of a file folds to; empty if it is not one.
points word_of(std::string_view entry) {
  auto folded = fold_text(entry);
  if (folded.size() < 3)
    return {};
  points word{folded.begin() + 1, folded.end() - 1};
  return word.find(U' ') == word.npos ? word : points{};
}

/// Numbers of words by their places.
class vector_table {
public:
  expected<void> read(std::istream& in) {
    double place = 0;
    auto read = read_vectors_text(in, [&](auto entry, auto numbers) {
      ++place;
      auto share = 1 / (place + place_offset);
      total_ += share;
      auto word = word_of(entry);
      dimensions_ = numbers.size();
      if (!word.empty()
          && places_.emplace(std::move(word), weights_.size()).second) {
        weights_.push_back(share);
        numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
      }
      return true;
    });
    if (!read)
      return read;
    for (auto& x : weights_)
      x = rarity / (rarity + x / total_);
    return {};
  }

  size_t dimensions() const { return dimensions_; }

  void add(const points& word, std::vector<double>& sum) const {
    auto found = places_.find(word);
    if (found == places_.end())
      return;
    auto numbers = numbers_.data() + found->second * dimensions_;
    for (size_t i = 0; i < dimensions_; ++i)
      sum[i] += weights_[found->second] * double{numbers[i]};
  }

private:
  size_t dimensions_ = 0;
  double total_ = 0;
  std::unordered_map<points, size_t> places_;
  std::vector<double> weights_;
  std::vector<float> numbers_;
};

class vectors_embedder : public text_embedder {
public:
  vectors_embedder(vector_table table, std::string model)
    : table_(std::move(table)), model_(std::move(model)) {}

  std::string_view model() const override { return model_; }
  size_t dimensions() const override { return table_.dimensions(); }

private:
  embed_answer embed_one(std::string_view text) const override {
    std::vector<double> sum(dimensions());
    points word;
    for (auto point : fold_text(text))
      if (point != ' ')
        word.push_back(point);
      else if (!word.empty()) {
        table_.add(word, sum);
        word.clear();
      }
    auto vector = unit_vector(sum);
    if (!vector)
      return fail(ec::no_text, "no word of the text is known to the model");
    return std::move(*vector);
  }

  vector_table table_;
  std::string model_;
};

expected<std::string> sha256_of(std::istream& in) {
  sha256 sum;
  std::string piece(1 << 20, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())),
         in.gcount() > 0)
    sum.update(
      std::string_view{piece}.substr(0, static_cast<size_t>(in.gcount())));
  if (in.bad())
    return fail(ec::invalid_request, "cannot be read");
  in.clear();
  in.seekg(0);
  return sum.finish_hex();
}

} // namespace

expected<embedder_ptr>
make_vectors_embedder(const std::filesystem::path& file) {
  auto refuse = [&](const std::string& what) {
    return fail(ec::invalid_request, file.string() + ": " + what);
  };
  std::error_code why;
  if (!std::filesystem::is_regular_file(file, why))
    return refuse(why ? "cannot be read: " + why.message()
                      : "is no plain file");
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return refuse("cannot be read");
  auto digest = sha256_of(in);
  if (!digest)
    return refuse(digest.error().message);
  vector_table table;
  if (auto read = table.read(in); !read)
    return refuse(read.error().message);
  auto model = "vectors-" + std::to_string(table.dimensions()) + "-"
               + digest->substr(0, 12);
  return std::make_shared<vectors_embedder>(std::move(table), std::move(model));
}

} // namespace batch
