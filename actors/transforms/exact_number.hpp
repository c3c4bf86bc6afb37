// Numbers that are calculated with: decimals exactly as long as they stay
// within 128 bits, others as double.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

__extension__ typedef __int128 wide_integer;

/// The value of a JSON number, or of a calculation.
struct exact_number {
  /// The value is digits / 10^scale, else it is `real`.
  bool is_decimal = true;
  wide_integer digits = 0;
  int scale = 0;
  double real = 0;

  static exact_number of(wide_integer value, int places = 0) {
    return {true, value, places, 0};
  }
  static exact_number of_real(double x) { return {false, 0, 0, x}; }

  bool is_integer() const { return is_decimal && scale == 0; }
  double as_real() const;
};

/// Reads a number that has passed `json_reader::check`.
exact_number read_exact_number(std::string_view json);

/// JSON text of a number, without zeros at the end of its fraction.
/// Errors: `ec::transform_failed` for an integer outside of -2^63 to 2^64-1
/// and for a double that is not finite.
expected<std::string> write_exact_number(exact_number x);

/// A sum, difference, product or remainder of decimals is exact, and so is a
/// quotient that is an integer. Other quotients, and what is too long to be
/// held exactly, are doubles as IEEE 754 has them.
/// @param operation one of + - * / %; the remainder has the sign of `a`.
/// Errors: `ec::transform_failed` for a division by zero, and for integers
/// beyond 128 bits.
expected<exact_number> calculate(char operation, const exact_number& a,
                                 const exact_number& b);

bool is_less(const exact_number& a, const exact_number& b);

/// To a number of digits behind the point, 0 to 15, halves away from zero.
exact_number round_number(const exact_number& x, int digits);
/// The next integer below, or above.
exact_number floor_number(const exact_number& x);
exact_number ceil_number(const exact_number& x);

} // namespace batch
