#include "actors/transforms/exact_number.hpp"

#include "codecs/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace batch {

namespace {

/// Digits behind the point that a decimal may have.
constexpr int scale_max = 30;

auto beyond_integers() {
  return fail(ec::transform_failed,
              "the result is outside of what a 64-bit integer holds");
}

wide_integer power_of_ten(int exponent) {
  wide_integer power = 1;
  for (; exponent > 0; --exponent)
    power *= 10;
  return power;
}

/// The digits of a decimal for a larger scale, if they fit.
std::optional<wide_integer> rescaled(const exact_number& x, int scale) {
  wide_integer digits = 0;
  if (__builtin_mul_overflow(x.digits, power_of_ten(scale - x.scale), &digits))
    return std::nullopt;
  return digits;
}

/// Two decimals as integers of one scale.
struct aligned {
  wide_integer a;
  wide_integer b;
  int scale;
};

std::optional<aligned> align(const exact_number& a, const exact_number& b) {
  if (!a.is_decimal || !b.is_decimal)
    return std::nullopt;
  auto scale = std::max(a.scale, b.scale);
  auto x = rescaled(a, scale);
  auto y = rescaled(b, scale);
  if (!x || !y)
    return std::nullopt;
  return aligned{*x, *y, scale};
}

/// The result if it can be exact.
std::optional<exact_number> calculate_exactly(char operation,
                                              const exact_number& a,
                                              const exact_number& b) {
  wide_integer result = 0;
  if (operation == '*') {
    if (!a.is_decimal || !b.is_decimal || a.scale + b.scale > scale_max
        || __builtin_mul_overflow(a.digits, b.digits, &result))
      return std::nullopt;
    return exact_number::of(result, a.scale + b.scale);
  }
  auto both = align(a, b);
  if (!both)
    return std::nullopt;
  auto [x, y, scale] = *both;
  bool overflows = false;
  switch (operation) {
  case '+':
    overflows = __builtin_add_overflow(x, y, &result);
    break;
  case '-':
    overflows = __builtin_sub_overflow(x, y, &result);
    break;
  default:
    if (y == -1) // the quotient of the lowest integer does not fit
      return operation == '%' ? exact_number::of(0)
                              : calculate_exactly('-', exact_number::of(0),
                                                  exact_number::of(x));
    if (operation == '%')
      return exact_number::of(x % y, scale);
    if (x % y != 0)
      return std::nullopt;
    return exact_number::of(x / y);
  }
  if (overflows)
    return std::nullopt;
  return exact_number::of(result, scale);
}

/// A decimal divided by a power of ten, rounded down.
exact_number floor_to(const exact_number& x, int digits) {
  auto divisor = power_of_ten(x.scale - digits);
  auto quotient = x.digits / divisor;
  if (x.digits % divisor < 0)
    --quotient;
  return exact_number::of(quotient, digits);
}

/// A double that is whole as an integer, if none of its digits are rounded.
exact_number settle(double x) {
  constexpr double whole_max = 9007199254740992.0; // 2^53
  if (std::abs(x) <= whole_max && std::trunc(x) == x)
    return exact_number::of(static_cast<int64_t>(x));
  return exact_number::of_real(x);
}

} // namespace

double exact_number::as_real() const {
  return is_decimal ? static_cast<double>(digits)
                        / static_cast<double>(power_of_ten(scale))
                    : real;
}

exact_number read_exact_number(std::string_view json) {
  auto end = json.data() + json.size();
  auto exponent_at = std::min(json.find_first_of("eE"), json.size());
  auto mantissa = json.substr(0, exponent_at);
  int exponent = 0;
  if (exponent_at < json.size()) {
    auto begin = json.data() + exponent_at + 1;
    if (*begin == '+')
      ++begin;
    if (std::from_chars(begin, end, exponent).ec != std::errc{})
      exponent = 2 * scale_max; // too large for a decimal, whatever its sign
  }
  constexpr size_t characters_max = 34; // of 128 bits, with sign and point
  if (mantissa.size() <= characters_max && std::abs(exponent) <= scale_max) {
    auto is_negative = mantissa.front() == '-';
    wide_integer digits = 0;
    int scale = 0;
    bool is_behind = false;
    for (char c : mantissa.substr(is_negative ? 1 : 0)) {
      if (c == '.') {
        is_behind = true;
        continue;
      }
      digits = digits * 10 + (c - '0');
      scale += is_behind ? 1 : 0;
    }
    scale -= exponent;
    auto x
      = exact_number::of(is_negative ? -digits : digits, std::max(scale, 0));
    if (scale >= 0 && scale <= scale_max)
      return x;
    if (scale < 0)
      if (auto larger = rescaled(x, -scale))
        return exact_number::of(*larger);
  }
  double real = 0; // stays so if the number is too small for a double
  std::from_chars(json.data(), end, real);
  return exact_number::of_real(real);
}

expected<std::string> write_exact_number(exact_number x) {
  if (!x.is_decimal)
    x = settle(x.real);
  std::string text;
  if (!x.is_decimal) {
    if (!std::isfinite(x.real))
      return fail(ec::transform_failed, "the result is no finite number");
    json_writer{text}.number(x.real);
    return text;
  }
  while (x.scale > 0 && x.digits % 10 == 0) {
    x.digits /= 10;
    --x.scale;
  }
  if (x.scale == 0 && (x.digits < INT64_MIN || x.digits > UINT64_MAX))
    return beyond_integers();
  auto is_negative = x.digits < 0;
  auto rest = x.digits;
  for (int n = 0; rest != 0 || n <= x.scale; ++n) {
    if (n == x.scale && n > 0)
      text += '.';
    auto digit = static_cast<int>(rest % 10);
    text += static_cast<char>('0' + std::abs(digit));
    rest /= 10;
  }
  if (is_negative)
    text += '-';
  std::ranges::reverse(text);
  return text;
}

expected<exact_number> calculate(char operation, const exact_number& a,
                                 const exact_number& b) {
  auto divides = operation == '/' || operation == '%';
  if (divides && (b.is_decimal ? b.digits == 0 : b.real == 0))
    return fail(ec::transform_failed, "it divides by zero");
  if (auto exact = calculate_exactly(operation, a, b))
    return *exact;
  if (!divides && a.is_integer() && b.is_integer())
    return beyond_integers();
  auto x = a.as_real();
  auto y = b.as_real();
  switch (operation) {
  case '+':
    return exact_number::of_real(x + y);
  case '-':
    return exact_number::of_real(x - y);
  case '*':
    return exact_number::of_real(x * y);
  case '/':
    return exact_number::of_real(x / y);
  default:
    return exact_number::of_real(std::fmod(x, y));
  }
}

bool is_less(const exact_number& a, const exact_number& b) {
  if (auto both = align(a, b))
    return both->a < both->b;
  return a.as_real() < b.as_real();
}

exact_number round_number(const exact_number& x, int digits) {
  if (x.is_decimal) {
    if (x.scale <= digits)
      return x;
    // Half a unit more, towards where it goes, and the rest cut off.
    auto divisor = power_of_ten(x.scale - digits);
    auto half = divisor / 2;
    auto quotient = x.digits / divisor;
    auto rest = x.digits % divisor;
    if (rest >= half)
      ++quotient;
    else if (rest <= -half)
      --quotient;
    return exact_number::of(quotient, digits);
  }
  auto factor = static_cast<double>(power_of_ten(digits));
  auto scaled = x.real * factor;
  // Beyond this a double has no digits behind the point to round.
  constexpr double rounded_max = 4503599627370496.0; // 2^52
  if (!(std::abs(scaled) < rounded_max))
    return x;
  return exact_number::of(static_cast<int64_t>(std::round(scaled)), digits);
}

exact_number floor_number(const exact_number& x) {
  return x.is_decimal ? floor_to(x, 0) : settle(std::floor(x.real));
}

exact_number ceil_number(const exact_number& x) {
  if (!x.is_decimal)
    return settle(std::ceil(x.real));
  auto below = floor_to(exact_number::of(-x.digits, x.scale), 0);
  return exact_number::of(-below.digits);
}

} // namespace batch
