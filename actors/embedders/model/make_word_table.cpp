// Makes the table of the built-in model out of word vectors as text, the most
// frequent word first:
//
//   make_word_table VECTORS NAME WORDS HASHED SHARE FILE
//
// 1. Words that the embedder would part or fold are left out, and the first
//    WORDS of the others are taken.
// 2. The mean of all of them, by how often they occur, is taken off each: what
//    all words share tells nothing (Arora et al. 2017; Mu and Viswanath 2018).
// 3. A word counts a / (a + p), with a = 1/1000 and p the share of all words
//    that it is: near 1 / (rank + 2.7) by its place in the file (Zipf,
//    Mandelbrot).
// 4. Its numbers become whole, -127 to 127, and their scale goes into the
//    weight.
#include "actors/embedders/folded_text.hpp"
#include "actors/embedders/vectors_text.hpp"
#include "actors/embedders/word_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>

namespace batch {

namespace {

constexpr double rarity = 1e-3;
constexpr double rank_offset = 2.7;

struct read_word {
  uint64_t hash;
  double share;
  std::vector<double> numbers;
};

/// The hash of a word, unless texts never have it like this.
std::optional<uint64_t> hash_of(std::string_view word) {
  auto folded = fold_text(word);
  std::string plain;
  for (auto point : folded)
    plain.push_back(point < 0x80 ? static_cast<char>(point) : '?');
  if (folded.size() < 3 || plain != " " + std::string{word} + " ")
    return std::nullopt;
  return word_table::hash_of(std::span{folded}.subspan(1, folded.size() - 2));
}

std::vector<read_word> read_words(std::istream& in, size_t count) {
  std::vector<read_word> words;
  std::set<uint64_t> seen;
  double rank = 0;
  auto read = read_vectors_text(in, [&](auto word, auto numbers) {
    ++rank;
    auto hash = hash_of(word);
    if (hash && seen.insert(*hash).second)
      words.push_back(
        {*hash, 1 / (rank + rank_offset), {numbers.begin(), numbers.end()}});
    return words.size() < count;
  });
  if (!read) {
    std::cerr << read.error().message << '\n';
    std::exit(1);
  }
  double total = 0;
  for (const auto& x : words)
    total += x.share;
  for (auto& x : words)
    x.share /= total;
  return words;
}

double weight_of(const read_word& x) {
  return rarity / (rarity + x.share);
}

void take_off_mean(std::vector<read_word>& words) {
  std::vector<double> mean(words.front().numbers.size());
  double total = 0;
  for (const auto& x : words) {
    auto part = weight_of(x) * x.share;
    total += part;
    for (size_t i = 0; i < mean.size(); ++i)
      mean[i] += part * x.numbers[i];
  }
  for (auto& x : words)
    for (size_t i = 0; i < mean.size(); ++i)
      x.numbers[i] -= mean[i] / total;
}

double largest_of(const read_word& x) {
  double largest = 1e-9;
  for (auto n : x.numbers)
    largest = std::max(largest, std::abs(n));
  return largest;
}

std::vector<word_table::word> to_table(const std::vector<read_word>& words) {
  double heaviest = 0;
  for (const auto& x : words)
    heaviest = std::max(heaviest, weight_of(x) * largest_of(x));
  std::vector<word_table::word> out;
  for (const auto& x : words) {
    auto largest = largest_of(x);
    auto weight = 32767 * weight_of(x) * largest / heaviest;
    auto& to = out.emplace_back();
    to.hash = x.hash;
    to.weight = static_cast<uint16_t>(std::max(1L, std::lround(weight)));
    for (auto n : x.numbers)
      to.numbers.push_back(static_cast<int8_t>(std::lround(127 * n / largest)));
  }
  return out;
}

} // namespace

} // namespace batch

int main(int argc, char** argv) {
  using namespace batch;
  if (argc != 7) {
    std::cerr
      << "usage: make_word_table VECTORS NAME WORDS HASHED SHARE FILE\n";
    return 2;
  }
  std::ifstream in{argv[1], std::ios::binary};
  auto words = read_words(in, std::strtoul(argv[3], nullptr, 10));
  take_off_mean(words);
  std::ofstream out{argv[6], std::ios::binary};
  out << word_table::write(
    argv[2], static_cast<uint16_t>(words.front().numbers.size()),
    static_cast<uint16_t>(std::strtoul(argv[4], nullptr, 10)),
    std::strtof(argv[5], nullptr), to_table(words));
  out.close();
  std::cout << words.size() << " words\n";
  return out ? 0 : 1;
}
