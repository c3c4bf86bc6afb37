// Vectors of many words in few bytes, as the built-in model has them.
#pragma once

#include "codecs/error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// A table of word vectors, read from a file in memory.
///
///   file    =  "BATCHWT1" name dims:2 hashed:2 share:4 words:4
///              words*hash:8 words*weight:2 words*dims*number:1 sum:8
///   name    =  size:1 *byte            ; of the model, without its dimensions
///   hashed  =  dimensions of the lexical part of each vector
///   share   =  float, 0 to 1: how much of a squared length is of that part
///   hash    =  XXH3-64 of the word's folded code points, each 4 bytes;
///              ascending, each once
///   weight  =  1 to 32767: what the numbers of the word are multiplied with
///   number  =  signed
///   sum     =  XXH3-64 of everything before
///
/// All numbers are little-endian.
///
/// Thread-safety: immutable.
class word_table {
public:
  struct entry {
    int16_t weight;
    std::span<const int8_t> numbers;
  };

  /// What a file is made of.
  struct word {
    uint64_t hash;
    uint16_t weight;
    std::vector<int8_t> numbers;
  };

  word_table() = default;

  /// Reads a table. Nothing of it is copied but weights and hashes: `bytes`
  /// must outlive it. Errors: `ec::storage_corrupt`, saying what is wrong.
  static expected<word_table> read(std::string_view bytes);

  /// The bytes of a table. Words of one hash after the first are left out.
  static std::string write(std::string_view name, uint16_t dimensions,
                           uint16_t hashed, float share,
                           std::vector<word> words);

  static uint64_t hash_of(std::span<const uint32_t> folded_word);

  const std::string& name() const { return name_; }
  size_t dimensions() const { return dimensions_; }
  size_t hashed_dimensions() const { return hashed_; }
  double hashed_share() const { return share_; }
  size_t size() const { return weights_.size(); }

  std::optional<entry> find(std::span<const uint32_t> folded_word) const;

private:
  void index(std::string_view hashes);

  std::string name_;
  size_t dimensions_ = 0;
  size_t hashed_ = 0;
  double share_ = 0;
  std::vector<uint64_t> hashes_;
  std::vector<int16_t> weights_;
  const int8_t* numbers_ = nullptr;
  /// Numbers of words plus one, at the place that their hash leads to or
  /// behind it; 0 where there is none. A power of two of them.
  std::vector<uint32_t> places_;
};

} // namespace batch
