// Numbers that are calculated with: integers exactly, others as double.
#pragma once

#include "codecs/error.hpp"

#include <string>
#include <string_view>

namespace batch {

/// An integer of 128 bits, so that no sum or product of two JSON numbers is
/// rounded before it is known not to fit.
__extension__ typedef __int128 wide_integer;

/// The value of a JSON number, or of a calculation.
struct exact_number {
  bool is_integer = true;
  wide_integer integer = 0;
  double real = 0;

  static exact_number of(wide_integer x) { return {true, x, 0}; }
  static exact_number of(double x) { return {false, 0, x}; }

  double as_real() const {
    return is_integer ? static_cast<double>(integer) : real;
  }
};

/// Reads a number that has passed `json_reader::check`. What has neither
/// fraction nor exponent is an integer.
exact_number read_exact_number(std::string_view json);

/// JSON text of a number. A double that is whole has neither fraction nor
/// exponent while it is within 2^53.
/// Errors: `ec::transform_failed` for an integer outside of -2^63 to 2^64-1
/// and for a double that is not finite.
expected<std::string> write_exact_number(const exact_number& x);

/// Integers stay integers: a sum, difference or product of two exactly, a
/// quotient if it is whole. Everything else is a double as IEEE 754 has it.
/// Errors: `ec::transform_failed` for a division by zero and for integers
/// beyond 128 bits.
expected<exact_number> calculate(char operation, const exact_number& a,
                                 const exact_number& b);

/// To a number of digits behind the point, 0 to 15, halves away from zero.
exact_number round_number(const exact_number& x, int digits);
/// The next integer below, or above.
exact_number floor_number(const exact_number& x);
exact_number ceil_number(const exact_number& x);

} // namespace batch
