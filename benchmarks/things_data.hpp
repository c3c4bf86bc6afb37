// The data of the measurements: things of a given size, from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace batch::bench {

struct things_options {
  /// At most 16 bytes.
  std::string ns = "bench";
  /// The number of the first one.
  size_t first = 0;
  size_t count = 100'000;
  /// Bytes of the JSON text of one thing; all are equally long.
  size_t bytes = 250;
  /// Ids in random order instead of ascending.
  bool shuffled = false;
};

/// The shortest thing there is, with the longest namespace.
inline constexpr size_t thing_bytes_min = 140;

/// Appends the JSON text of one thing of exactly `o.bytes` bytes, whose id ends
/// with its number (below 10^10). Costs little more than copying it, so that
/// things can be made while they are sent.
void append_thing(std::string& out, const things_options& o, size_t number);

/// An order in which each number below `count` comes once, without a list of
/// them: a permutation by encryption (a Feistel network whose results are
/// encrypted again until they are below `count`).
class shuffled_order {
public:
  explicit shuffled_order(size_t count);
  size_t operator[](size_t place) const;

private:
  size_t encrypt(size_t x) const;

  size_t count_;
  unsigned half_bits_ = 1;
};

} // namespace batch::bench
