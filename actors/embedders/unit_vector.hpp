// Vectors of length 1.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace batch {

/// The same direction with length 1, rounded once; nothing if it has no
/// direction, because it is all 0 or not finite.
template <class Number>
std::optional<std::vector<float>> unit_vector(std::span<const Number> x) {
  double squares = 0;
  for (auto n : x)
    squares += static_cast<double>(n) * static_cast<double>(n);
  auto scale = 1 / std::sqrt(squares);
  if (!(squares > 0) || !std::isfinite(squares) || !std::isfinite(scale))
    return std::nullopt;
  std::vector<float> unit(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    unit[i] = static_cast<float>(static_cast<double>(x[i]) * scale);
  return unit;
}

template <class Number>
std::optional<std::vector<float>> unit_vector(const std::vector<Number>& x) {
  return unit_vector(std::span<const Number>{x});
}

} // namespace batch
