// How long an answer may become that is made whole before it is sent.
#pragma once

#include <cstddef>

namespace batch {

/// Bytes of the records of one page of a list, and of the results shown inside
/// a job; the record that goes beyond is the last one. Source: four records of
/// the largest size, so that lists of such records still get on.
inline constexpr size_t answer_bytes_max = 4 << 20;

/// Rows that one page of a filtered list looks at, whether they match or not.
inline constexpr size_t rows_looked_at_max = 10'000;

} // namespace batch
