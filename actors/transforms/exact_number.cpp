#include "actors/transforms/exact_number.hpp"

#include "codecs/json_writer.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace batch {

namespace {

constexpr double whole_max = 9007199254740992.0; // 2^53

auto beyond_integers() {
  return fail(ec::transform_failed,
              "the result is outside of what a 64-bit integer holds");
}

/// A double that is whole as an integer, if none of its digits are rounded.
exact_number settle(double x) {
  if (std::abs(x) <= whole_max && std::trunc(x) == x)
    return exact_number::of(static_cast<wide_integer>(x));
  return exact_number::of(x);
}

expected<exact_number> calculate_integers(char operation, wide_integer a,
                                          wide_integer b) {
  wide_integer result = 0;
  bool overflows = false;
  switch (operation) {
  case '+':
    overflows = __builtin_add_overflow(a, b, &result);
    break;
  case '-':
    overflows = __builtin_sub_overflow(a, b, &result);
    break;
  case '*':
    overflows = __builtin_mul_overflow(a, b, &result);
    break;
  default:
    if (b == 0)
      return fail(ec::transform_failed, "it divides by zero");
    if (b == -1) // the quotient of the lowest integer does not fit
      return operation == '/' ? calculate_integers('-', 0, a)
                              : exact_number::of(wide_integer{0});
    if (operation == '/' && a % b != 0)
      return exact_number::of(static_cast<double>(a) / static_cast<double>(b));
    result = operation == '/' ? a / b : a % b;
  }
  if (overflows)
    return beyond_integers();
  return exact_number::of(result);
}

} // namespace

exact_number read_exact_number(std::string_view json) {
  auto end = json.data() + json.size();
  if (json.find_first_of(".eE") == std::string_view::npos) {
    int64_t small = 0;
    if (std::from_chars(json.data(), end, small).ec == std::errc{})
      return exact_number::of(wide_integer{small});
    uint64_t large = 0;
    if (std::from_chars(json.data(), end, large).ec == std::errc{})
      return exact_number::of(wide_integer{large});
  }
  double real = 0; // stays so if the number is too small for a double
  std::from_chars(json.data(), end, real);
  return exact_number::of(real);
}

expected<std::string> write_exact_number(const exact_number& x) {
  std::string text;
  json_writer out{text};
  auto n = x.is_integer ? x : settle(x.real);
  if (!n.is_integer) {
    if (!std::isfinite(n.real))
      return fail(ec::transform_failed, "the result is no finite number");
    out.number(n.real);
  } else if (n.integer < INT64_MIN || n.integer > UINT64_MAX) {
    return beyond_integers();
  } else if (n.integer < 0) {
    out.number(static_cast<int64_t>(n.integer));
  } else {
    out.number(static_cast<uint64_t>(n.integer));
  }
  return text;
}

expected<exact_number> calculate(char operation, const exact_number& a,
                                 const exact_number& b) {
  if (a.is_integer && b.is_integer)
    return calculate_integers(operation, a.integer, b.integer);
  auto x = a.as_real();
  auto y = b.as_real();
  switch (operation) {
  case '+':
    return exact_number::of(x + y);
  case '-':
    return exact_number::of(x - y);
  case '*':
    return exact_number::of(x * y);
  default:
    if (y == 0)
      return fail(ec::transform_failed, "it divides by zero");
    return exact_number::of(operation == '/' ? x / y : std::fmod(x, y));
  }
}

exact_number round_number(const exact_number& x, int digits) {
  if (x.is_integer)
    return x;
  auto scale = std::pow(10.0, digits);
  auto scaled = x.real * scale;
  // Beyond this a double has no digits behind the point to round.
  if (!(std::abs(scaled) < whole_max))
    return x;
  return settle(std::round(scaled) / scale);
}

exact_number floor_number(const exact_number& x) {
  return x.is_integer ? x : settle(std::floor(x.real));
}

exact_number ceil_number(const exact_number& x) {
  return x.is_integer ? x : settle(std::ceil(x.real));
}

} // namespace batch
