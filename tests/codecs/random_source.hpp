// Randomness that can be repeated.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace batch::test {

/// The seed of this run; BATCH_TEST_SEED repeats one that failed.
inline uint64_t chosen_seed() {
  if (auto text = std::getenv("BATCH_TEST_SEED"))
    return std::strtoull(text, nullptr, 10);
  return std::random_device{}();
}

class random_source {
public:
  explicit random_source(uint64_t seed) : engine_(seed) {}

  uint64_t bits() { return engine_(); }

  size_t below(size_t end) { return engine_() % end; }

  bool one_in(size_t n) { return below(n) == 0; }

  template <class List>
  const auto& any_of(const List& list) {
    return list[below(std::size(list))];
  }

  /// A text of up to `size_max` characters out of `alphabet`.
  std::string text(std::string_view alphabet, size_t size_max) {
    std::string out;
    for (auto size = below(size_max + 1); size > 0; --size)
      out.push_back(any_of(alphabet));
    return out;
  }

private:
  std::mt19937_64 engine_;
};

/// The encoding of one code point; surrogates are encoded like others.
inline std::string utf8_of(uint32_t code) {
  auto tail = [&](int shift) {
    return static_cast<char>(0x80 | (code >> shift & 0x3F));
  };
  if (code < 0x80)
    return {static_cast<char>(code)};
  if (code < 0x800)
    return {static_cast<char>(0xC0 | code >> 6), tail(0)};
  if (code < 0x10000)
    return {static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

inline bool is_surrogate(uint32_t code) {
  return code >= 0xD800 && code <= 0xDFFF;
}

} // namespace batch::test
