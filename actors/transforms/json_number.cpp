#include "actors/transforms/json_number.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace batch {

namespace {

/// A number in its parts: sign, digits and the power of ten they stand for.
struct decimal {
  bool negative = false;
  std::string_view whole;    ///< Digits before the point.
  std::string_view fraction; ///< Digits behind the point.
  std::string_view exponent; ///< With its sign; empty if there is none.
};

std::string_view take_digits(std::string_view& rest) {
  auto count = std::min(rest.find_first_not_of("0123456789"), rest.size());
  auto digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

/// Splits a text by the grammar of RFC 8259, section 6.
std::optional<decimal> parse_decimal(std::string_view rest) {
  decimal x;
  if (rest.starts_with('-')) {
    x.negative = true;
    rest.remove_prefix(1);
  }
  x.whole = take_digits(rest);
  if (x.whole.empty() || (x.whole.size() > 1 && x.whole.front() == '0'))
    return std::nullopt;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    x.fraction = take_digits(rest);
    if (x.fraction.empty())
      return std::nullopt;
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    x.exponent = rest;
    if (rest.starts_with('+') || rest.starts_with('-'))
      rest.remove_prefix(1);
    if (take_digits(rest).empty())
      return std::nullopt;
  }
  return rest.empty() ? std::optional{x} : std::nullopt;
}

/// The value of an exponent; a huge one is cut to a number that is larger
/// than any text is long.
int64_t exponent_of(const decimal& x) {
  constexpr int64_t huge = int64_t{1} << 40;
  auto digits = x.exponent;
  auto negative = digits.starts_with('-');
  if (negative || digits.starts_with('+'))
    digits.remove_prefix(1);
  int64_t value = 0;
  for (char c : digits)
    value = std::min(value * 10 + (c - '0'), huge);
  return negative ? -value : value;
}

/// True if an integer of these digits fits into 64 bits.
bool fits(bool negative, std::string_view digits) {
  uint64_t magnitude = 0;
  auto end = digits.data() + digits.size();
  auto fault = std::from_chars(digits.data(), end, magnitude).ec;
  constexpr auto magnitude_max = uint64_t{1} << 63; // of a negative number
  return fault == std::errc{} && (!negative || magnitude <= magnitude_max);
}

} // namespace

bool is_json_number(std::string_view text) {
  auto x = parse_decimal(text);
  if (!x)
    return false;
  if (x->fraction.empty() && x->exponent.empty())
    return fits(x->negative, x->whole);
  double value = 0;
  auto fault = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault.ec == std::errc{};
}

std::optional<std::string> whole_number(std::string_view number) {
  auto x = parse_decimal(number);
  if (!x)
    return std::nullopt;
  if (x->fraction.empty() && x->exponent.empty())
    return std::string{number};
  std::string digits{x->whole};
  digits += x->fraction;
  // The digits stand for 0.digits * 10^point.
  auto point = static_cast<int64_t>(x->whole.size()) + exponent_of(*x);
  auto leading = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, leading);
  point -= static_cast<int64_t>(leading);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.empty())
    return "0";
  constexpr int64_t digits_max = 20; // of 2^64
  if (point < static_cast<int64_t>(digits.size()) || point > digits_max)
    return std::nullopt;
  digits.append(static_cast<size_t>(point) - digits.size(), '0');
  if (!fits(x->negative, digits))
    return std::nullopt;
  if (x->negative)
    digits.insert(digits.begin(), '-');
  return digits;
}

} // namespace batch
