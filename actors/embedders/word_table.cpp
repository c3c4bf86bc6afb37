#include "actors/embedders/word_table.hpp"

#include "codecs/bytes.hpp"

#include <algorithm>
#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace batch {

namespace {

constexpr std::string_view magic = "BATCHWT1";
constexpr uint64_t words_max = 1 << 24;

tl::unexpected<error> broken(const std::string& what) {
  return fail(ec::storage_corrupt, "the table of words " + what);
}

} // namespace

expected<word_table> word_table::read(std::string_view bytes) {
  byte_reader in{bytes};
  if (in.take(magic.size()) != magic)
    return broken("does not begin with " + std::string{magic});
  word_table table;
  table.name_ = in.take(in.fixed<uint8_t>());
  table.dimensions_ = in.fixed<uint16_t>();
  table.hashed_ = in.fixed<uint16_t>();
  auto share = in.fixed<float>();
  uint64_t words = in.fixed<uint32_t>();
  if (!in.ok() || !(share >= 0 && share <= 1) || table.dimensions_ == 0
      || words == 0 || words > words_max)
    return broken("has a header that makes no sense");
  table.share_ = share;
  auto hashes = in.take(words * 8);
  auto weights = in.take(words * 2);
  auto numbers = in.take(words * table.dimensions_);
  auto end = bytes.size() - in.rest().size();
  auto sum = in.fixed<uint64_t>();
  if (!in.ok() || !in.at_end())
    return broken("has the wrong length");
  if (XXH3_64bits(bytes.data(), end) != sum)
    return broken("fails its checksum");
  table.weights_.resize(words);
  std::memcpy(table.weights_.data(), weights.data(), weights.size());
  if (std::ranges::any_of(table.weights_, [](auto x) { return x < 1; }))
    return broken("has a weight that is none");
  table.numbers_ = reinterpret_cast<const int8_t*>(numbers.data());
  table.index(hashes);
  return table;
}

void word_table::index(std::string_view hashes) {
  hashes_.resize(weights_.size());
  std::memcpy(hashes_.data(), hashes.data(), hashes.size());
  places_.resize(std::bit_ceil(2 * hashes_.size()));
  auto mask = places_.size() - 1;
  for (uint32_t i = 0; i < hashes_.size(); ++i) {
    auto at = hashes_[i] & mask;
    while (places_[at] != 0)
      at = (at + 1) & mask;
    places_[at] = i + 1;
  }
}

std::optional<word_table::entry>
word_table::find(std::span<const uint32_t> folded_word) const {
  auto hash = hash_of(folded_word);
  auto mask = places_.size() - 1;
  for (auto at = hash & mask; places_[at] != 0; at = (at + 1) & mask) {
    size_t i = places_[at] - 1;
    if (hashes_[i] == hash)
      return entry{weights_[i], {numbers_ + i * dimensions_, dimensions_}};
  }
  return std::nullopt;
}

uint64_t word_table::hash_of(std::span<const uint32_t> folded_word) {
  return XXH3_64bits(folded_word.data(), folded_word.size_bytes());
}

std::string word_table::write(std::string_view name, uint16_t dimensions,
                              uint16_t hashed, float share,
                              std::vector<word> words) {
  std::ranges::stable_sort(words, {}, &word::hash);
  auto doubles = std::ranges::unique(words, {}, &word::hash);
  words.erase(doubles.begin(), doubles.end());
  std::string out{magic};
  append_fixed(out, static_cast<uint8_t>(name.size()));
  out += name;
  append_fixed(out, dimensions);
  append_fixed(out, hashed);
  append_fixed(out, share);
  append_fixed(out, static_cast<uint32_t>(words.size()));
  for (const auto& x : words)
    append_fixed(out, x.hash);
  for (const auto& x : words)
    append_fixed(out, x.weight);
  for (const auto& x : words)
    out.append(reinterpret_cast<const char*>(x.numbers.data()),
               x.numbers.size());
  append_fixed(out, uint64_t{XXH3_64bits(out.data(), out.size())});
  return out;
}

} // namespace batch
