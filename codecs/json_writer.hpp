// JSON text out: a thin writer that appends to a string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace batch {

/// Appends a string in double quotes, escaped as RFC 8259 demands and no
/// further: UTF-8 stays as it is.
void append_json_string(std::string& out, std::string_view text);

/// Writes one compact JSON value piece by piece, with the commas in place.
/// The caller keeps the grammar: a key before each value of an object, and an
/// end for each begin.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_(out) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name);
  json_writer& string(std::string_view text);
  json_writer& number(uint64_t x);
  json_writer& number(int64_t x);
  /// The shortest text that reads back as the same number, with an exponent
  /// if an integer could not hold it; must be finite.
  json_writer& number(double x);
  json_writer& number(float x);
  json_writer& boolean(bool x);
  json_writer& null();
  /// Puts a value that is JSON text already.
  json_writer& raw(std::string_view json);

private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void begin_value();

  std::string& out_;
  /// True if the next value or key follows another one.
  bool comma_ = false;
};

} // namespace batch
