// What texts share if they share spelling, hashed into a vector of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace batch {

/// Sums up the lexical features of one folded text (`fold_text`). They are
/// slices of its code points, with a weight each:
///
///   slice                                   seed   weight
///   a word                                     1        4
///   two words and the space between them       2        1
///   3, 4 or 5 neighbouring code points of      3        1
///   a word with the space on either side
///
/// Each Han ideograph and each Kana is a word here, as these scripts are
/// written without spaces: in "東京都", the slice "東京" is two words. Slices
/// of seed 3 still run over the whole of what spaces enclose.
///
/// A slice is hashed by XXH3, 64 bits, with its seed, as 32-bit little-endian
/// code points. The upper half h of the hash gives the dimension,
/// floor(h * dimensions / 2^32); its lowest bit the sign, plus if set. All of
/// this is a format: vectors that are stored depend on it.
///
/// Thread-safety: none.
class lexical_features {
public:
  explicit lexical_features(size_t dimensions) : sums_(dimensions) {}

  /// Adds what a folded text, or a run of its words, has.
  /// @param folded begins and ends with a space.
  void add(std::span<const uint32_t> folded);

  bool empty() const;

  /// Each sum x becomes sign(x) * sqrt(|x|), which damps what a text repeats;
  /// all together then have this length. Computed in double, rounded once.
  /// @param out as many numbers as there are dimensions. All 0 if nothing was
  /// added, or what was added cancels out.
  void write(std::span<float> out, double length) const;

private:
  struct kind {
    uint64_t seed;
    int64_t weight;
  };

  void add_slice(kind k, std::span<const uint32_t> slice);
  void add_word(std::span<const uint32_t> folded, size_t begin, size_t end);
  void add_words(std::span<const uint32_t> folded, size_t begin, size_t end);
  void add_parts(std::span<const uint32_t> run);

  std::vector<int64_t> sums_;
  /// Where the word before begins; 0, which is a space, if there is none.
  size_t previous_ = 0;
};

} // namespace batch
