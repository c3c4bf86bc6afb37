#include "actors/embedders/static_embedder.hpp"

#include "actors/embedders/model_file.hpp"
#include "actors/embedders/safetensors.hpp"
#include "actors/embedders/text_embedder.hpp"
#include "actors/embedders/unit_vector.hpp"
#include "actors/embedders/wordpiece.hpp"
#include "codecs/hash.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace batch {

namespace {

/// Source: the largest models of model2vec have about 500,000 rows of 512
/// floats.
constexpr uint64_t weights_bytes_max = uint64_t{4} << 30;
constexpr uint64_t tokenizer_bytes_max = 256 << 20;

struct static_table {
  size_t dimensions = 0;
  std::vector<float> rows;
  /// By the number of a piece; empty: 1 each, and the row of that number.
  std::vector<float> weights;
  std::vector<uint32_t> mapping;

  size_t size() const { return rows.size() / dimensions; }
};

using tensors = std::map<std::string, tensor>;

tl::unexpected<error> unknown(const std::string& what) {
  return fail(ec::invalid_request, "model.safetensors: " + what);
}

const tensor* take(tensors& all, const std::string& name) {
  auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

/// One number for each piece.
expected<std::vector<float>> read_list(const tensor& x, const char* name,
                                       uint32_t ids) {
  if (x.shape.size() != 1 || x.shape[0] < ids)
    return unknown(std::string{name} + ": expected one number for each of "
                   + std::to_string(ids) + " pieces");
  auto numbers = floats_of(x);
  if (std::ranges::any_of(numbers, [](float n) { return !std::isfinite(n); }))
    return unknown(std::string{name} + ": has a number that is not finite");
  return numbers;
}

expected<void> read_mapping(static_table& table, const tensor& x,
                            uint32_t ids) {
  if (x.type != "I64" && x.type != "I32")
    return unknown("mapping: expected integers");
  if (table.size() > 1 << 24) // what a float tells apart
    return unknown("mapping: is not known for more than 16,777,216 rows");
  auto numbers = read_list(x, "mapping", ids);
  if (!numbers)
    return fail(numbers);
  for (auto n : *numbers) {
    if (n < 0 || n >= static_cast<float>(table.size()))
      return unknown("mapping: names a row that is not there");
    table.mapping.push_back(static_cast<uint32_t>(n));
  }
  return {};
}

expected<static_table> read_table(std::string_view file, uint32_t ids) {
  auto all = read_safetensors(file);
  if (!all)
    return unknown(all.error().message);
  for (const auto& [name, ignored] : *all)
    if (name != "embeddings" && name != "embedding.weight" && name != "weights"
        && name != "mapping")
      return unknown("has an array '" + name
                     + "', which no static model of one table has");
  auto rows = take(*all, "embeddings");
  if (!rows)
    rows = take(*all, "embedding.weight");
  if (!rows || rows->shape.size() != 2 || rows->elements() == 0
      || rows->shape[1] > 65536)
    return unknown("expected an array 'embeddings' of rows and dimensions");
  static_table table;
  table.dimensions = rows->shape[1];
  table.rows = floats_of(*rows);
  if (std::ranges::any_of(table.rows,
                          [](float n) { return !std::isfinite(n); }))
    return unknown("embeddings: has a number that is not finite");
  if (auto x = take(*all, "mapping")) {
    if (auto ok = read_mapping(table, *x, ids); !ok)
      return fail(ok);
  } else if (table.size() < ids)
    return unknown("embeddings: has " + std::to_string(table.size())
                   + " rows; the tokenizer has " + std::to_string(ids)
                   + " pieces");
  if (auto x = take(*all, "weights")) {
    auto weights = read_list(*x, "weights", ids);
    if (!weights)
      return fail(weights);
    table.weights = std::move(*weights);
  }
  return table;
}

class static_embedder : public text_embedder {
public:
  static_embedder(wordpiece pieces, static_table table, std::string model)
    : pieces_(std::move(pieces)), table_(std::move(table)),
      model_(std::move(model)) {}

  std::string_view model() const override { return model_; }
  size_t dimensions() const override { return table_.dimensions; }

private:
  embed_answer embed_one(std::string_view text) const override {
    // The mean has the direction of the sum.
    std::vector<double> sum(table_.dimensions);
    for (auto id : pieces_.encode(text)) {
      auto row = table_.mapping.empty() ? id : table_.mapping[id];
      auto weight = table_.weights.empty() ? 1 : double{table_.weights[id]};
      auto numbers = table_.rows.data() + row * table_.dimensions;
      for (size_t i = 0; i < sum.size(); ++i)
        sum[i] += weight * double{numbers[i]};
    }
    auto vector = unit_vector(sum);
    if (!vector)
      return fail(ec::no_text, "no piece of the text is known to the model");
    return std::move(*vector);
  }

  wordpiece pieces_;
  static_table table_;
  std::string model_;
};

} // namespace

expected<embedder_ptr>
make_static_embedder(const std::filesystem::path& folder) {
  auto weights
    = read_model_file(folder / "model.safetensors", weights_bytes_max);
  if (!weights)
    return fail(weights);
  auto tokenizer
    = read_model_file(folder / "tokenizer.json", tokenizer_bytes_max);
  if (!tokenizer)
    return fail(tokenizer);
  auto in_folder = [&](const error& why) {
    return fail(ec::invalid_request, folder.string() + ": " + why.message);
  };
  auto pieces = wordpiece::read(*tokenizer);
  if (!pieces)
    return in_folder(
      {ec::invalid_request, "tokenizer.json: " + pieces.error().message});
  auto table = read_table(*weights, pieces->ids());
  if (!table)
    return in_folder(table.error());
  sha256 sum;
  sum.update(*weights);
  sum.update(*tokenizer);
  auto model = "model2vec-" + std::to_string(table->dimensions) + "-"
               + sum.finish_hex().substr(0, 12);
  return std::make_shared<static_embedder>(std::move(*pieces),
                                           std::move(*table), std::move(model));
}

} // namespace batch
