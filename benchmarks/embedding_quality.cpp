// How near embedders put what is near in meaning, and how fast: the same
// questions to each. Its data come from actors/embedders/model/.
//
//   embedding_quality FOLDER PARAPHRASES [--development] EMBEDDER…
//
// An EMBEDDER is the name of a built-in model, what `batchd serve --embedder`
// takes, or table:FILE. Every second example is asked; --development asks the
// others, by which models may be tuned.
#include "actors/embedders/embedder_set.hpp"
#include "actors/embedders/word_table_embedder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>

namespace batch {

namespace {

using rows = std::vector<std::vector<std::string>>;
using vectors = std::vector<std::vector<float>>;

rows read_rows(const std::string& path, size_t parity) {
  std::ifstream in{path};
  if (!in) {
    std::cerr << path << ": cannot be read\n";
    std::exit(1);
  }
  rows out;
  std::string line;
  for (size_t i = 0; std::getline(in, line); ++i) {
    if (i % 2 != parity)
      continue;
    std::istringstream fields{line};
    auto& row = out.emplace_back();
    for (std::string field; std::getline(fields, field, '\t');)
      row.push_back(field);
  }
  return out;
}

vectors embed_column(const embedder& e, const rows& data, size_t column) {
  std::vector<std::string_view> texts;
  for (const auto& row : data)
    texts.emplace_back(row[column]);
  vectors out;
  for (auto& x : e.embed(texts))
    out.push_back(x ? std::move(*x) : std::vector<float>(e.dimensions()));
  return out;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The places of values in ascending order; equal ones share a mean place.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (size_t i = 0, j = 0; i < order.size(); i = j) {
    while (j < order.size() && values[order[j]] == values[order[i]])
      ++j;
    for (auto k = i; k < j; ++k)
      ranks[order[k]] = static_cast<double>(i + j - 1) / 2;
  }
  return ranks;
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
  auto x = ranks_of(a), y = ranks_of(b);
  auto mean = static_cast<double>(a.size() - 1) / 2;
  double xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xy / std::sqrt(xx * yy);
}

double agreement_of_pairs(const embedder& e, const rows& pairs) {
  auto a = embed_column(e, pairs, 0), b = embed_column(e, pairs, 1);
  std::vector<double> seen, wanted;
  for (size_t i = 0; i < pairs.size(); ++i) {
    seen.push_back(cosine(a[i], b[i]));
    wanted.push_back(std::stod(pairs[i][2]));
  }
  return spearman(seen, wanted);
}

/// Of how many rows the nearest other row has the same label.
double agreement_of_neighbours(const embedder& e, const rows& labelled) {
  auto all = embed_column(e, labelled, 1);
  size_t right = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    size_t nearest = i;
    double best = -2;
    for (size_t j = 0; j < all.size(); ++j)
      if (auto near = j == i ? -3 : cosine(all[i], all[j]); near > best) {
        best = near;
        nearest = j;
      }
    right += labelled[i][0] == labelled[nearest][0] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(all.size());
}

struct finding {
  /// The right one is the nearest.
  double first = 0;
  /// The mean of one by the place of the right one.
  double reciprocal = 0;
};

/// Looks for what belongs to each row of one column in another one.
finding find_partners(const embedder& e, const rows& data) {
  auto queries = embed_column(e, data, 0), texts = embed_column(e, data, 1);
  finding found;
  for (size_t i = 0; i < queries.size(); ++i) {
    auto right = cosine(queries[i], texts[i]);
    size_t before = 0;
    for (size_t j = 0; j < texts.size(); ++j)
      before += j != i && cosine(queries[i], texts[j]) >= right ? 1 : 0;
    found.first += before == 0 ? 1 : 0;
    found.reciprocal += 1 / static_cast<double>(before + 1);
  }
  auto count = static_cast<double>(queries.size());
  return {found.first / count, found.reciprocal / count};
}

/// How often a paraphrase is nearer than a text with the same words.
double paraphrases_before_look_alikes(const embedder& e, const rows& data) {
  auto a = embed_column(e, data, 0), b = embed_column(e, data, 1),
       c = embed_column(e, data, 2);
  size_t right = 0;
  for (size_t i = 0; i < data.size(); ++i)
    right += cosine(a[i], b[i]) > cosine(a[i], c[i]) ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(data.size());
}

double texts_per_second(const embedder& e, const rows& data) {
  using clock = std::chrono::steady_clock;
  auto begin = clock::now();
  size_t texts = 0;
  std::chrono::duration<double> spent{};
  for (; spent.count() < 1; spent = clock::now() - begin)
    texts += embed_column(e, data, 0).size();
  return static_cast<double>(texts) / spent.count();
}

expected<embedder_ptr> open(const std::string& spec, std::string& bytes) {
  if (!spec.starts_with("table:"))
    return open_embedder(spec);
  std::ifstream in{spec.substr(6), std::ios::binary};
  bytes.assign(std::istreambuf_iterator<char>{in}, {});
  auto table = word_table::read(bytes);
  if (!table)
    return fail(table);
  return make_word_table_embedder(std::move(*table));
}

void compare(const std::string& folder, const std::string& paraphrases,
             size_t parity, const std::vector<std::string>& specs) {
  auto pairs = read_rows(folder + "/pairs.tsv", parity);
  auto sections = read_rows(folder + "/sections.tsv", parity);
  auto definitions = read_rows(folder + "/definitions.tsv", parity);
  auto phrases = read_rows(paraphrases, parity);
  std::cout << "| model | A | B | C first | C look-alike | D first | D MRR | "
               "texts/s |\n|---|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const auto& spec : specs) {
    std::string bytes;
    auto e = open(spec, bytes);
    if (!e) {
      std::cerr << spec << ": " << e.error().message << '\n';
      std::exit(1);
    }
    auto c = find_partners(**e, phrases);
    auto d = find_partners(**e, definitions);
    std::printf("| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.0f |\n",
                std::string{(*e)->model()}.c_str(),
                agreement_of_pairs(**e, pairs),
                agreement_of_neighbours(**e, sections), c.first,
                paraphrases_before_look_alikes(**e, phrases), d.first,
                d.reciprocal, texts_per_second(**e, definitions));
    std::fflush(stdout);
  }
}

} // namespace

} // namespace batch

int main(int argc, char** argv) {
  std::vector<std::string> words{argv + 1, argv + argc};
  auto development = std::erase(words, "--development") > 0;
  if (words.size() < 3) {
    std::cerr << "usage: embedding_quality FOLDER PARAPHRASES [--development] "
                 "EMBEDDER…\n";
    return 2;
  }
  batch::compare(words[0], words[1], development ? 0 : 1,
                 {words.begin() + 2, words.end()});
}
