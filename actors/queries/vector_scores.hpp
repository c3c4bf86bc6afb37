// How near vectors are to one: the inner loop of a search.
#pragma once

#include <cstddef>
#include <span>

namespace batch {

/// The inner product of two vectors of one length: the cosine of the angle
/// between them if both are of length 1. Sums up in eight lanes, so that
/// processors with wide registers use them; the order of the sums, and so the
/// result, is the same on all of them.
float inner_product(const float* a, const float* b, size_t size);

/// The inner product of `query` with each row of a table.
/// @param rows scores.size() rows of query.size() numbers.
void score_rows(std::span<const float> query, const float* rows,
                std::span<float> scores);

} // namespace batch
