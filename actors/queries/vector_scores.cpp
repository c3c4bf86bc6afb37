#include "actors/queries/vector_scores.hpp"

#include <cstring>

namespace batch {

namespace {

constexpr size_t lanes = 8;
using float_lanes [[gnu::vector_size(lanes * sizeof(float))]] = float;

inline __attribute__((always_inline)) float
product(const float* a, const float* b, size_t size) {
  // Four sums at a time: each addition waits for the one before.
  float_lanes sums[4]{};
  size_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes)
    for (size_t j = 0; j < 4; ++j) {
      float_lanes x, y;
      std::memcpy(&x, a + i + j * lanes, sizeof x);
      std::memcpy(&y, b + i + j * lanes, sizeof y);
      sums[j] += x * y;
    }
  auto all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  float sum = 0;
  for (size_t j = 0; j < lanes; ++j)
    sum += all[j];
  for (; i < size; ++i)
    sum += a[i] * b[i];
  return sum;
}

} // namespace

// Multiplications and additions are not joined into one operation: that would
// round otherwise than processors without it. What chooses between the two runs
// before a sanitizer has begun.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)                      \
  && !defined(__SANITIZE_THREAD__)
#define BATCH_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define BATCH_WIDE
#endif

BATCH_WIDE float inner_product(const float* a, const float* b, size_t size) {
  return product(a, b, size);
}

BATCH_WIDE void score_rows(std::span<const float> query, const float* rows,
                           std::span<float> scores) {
  for (size_t i = 0; i < scores.size(); ++i)
    scores[i] = product(query.data(), rows + i * query.size(), query.size());
}

} // namespace batch
