#include "codecs/json_writer.hpp"

#include <charconv>

namespace batch {

namespace {

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
  case '"':
    out += "\\\"";
    break;
  case '\\':
    out += "\\\\";
    break;
  case '\n':
    out += "\\n";
    break;
  case '\r':
    out += "\\r";
    break;
  case '\t':
    out += "\\t";
    break;
  default:
    out += "\\u00";
    out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(hex[static_cast<unsigned char>(c) & 15]);
  }
}

template <class Number, class... Format>
void append_number(std::string& out, Number x, Format... format) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, x, format...).ptr;
  out.append(text, end);
}

/// Beyond 64 bits a number has an exponent, lest it be read as an integer that
/// nothing can hold.
template <class Float>
void append_float(std::string& out, Float x) {
  constexpr auto bound = static_cast<Float>(INT64_MAX);
  if (x >= bound || x <= -bound)
    append_number(out, x, std::chars_format::scientific);
  else
    append_number(out, x);
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i]))
      continue;
    out.append(text, begin, i - begin);
    append_escape(out, text[i]);
    begin = i + 1;
  }
  out.append(text, begin);
  out.push_back('"');
}

void json_writer::begin_value() {
  if (comma_)
    out_.push_back(',');
  comma_ = true;
}

json_writer& json_writer::open(char bracket) {
  begin_value();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  begin_value();
  append_json_string(out_, name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

json_writer& json_writer::string(std::string_view text) {
  begin_value();
  append_json_string(out_, text);
  return *this;
}

json_writer& json_writer::number(uint64_t x) {
  begin_value();
  append_number(out_, x);
  return *this;
}

json_writer& json_writer::number(int64_t x) {
  begin_value();
  append_number(out_, x);
  return *this;
}

json_writer& json_writer::number(double x) {
  begin_value();
  append_float(out_, x);
  return *this;
}

json_writer& json_writer::number(float x) {
  begin_value();
  append_float(out_, x);
  return *this;
}

json_writer& json_writer::boolean(bool x) {
  return raw(x ? "true" : "false");
}

json_writer& json_writer::null() {
  return raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  begin_value();
  out_.append(json);
  return *this;
}

} // namespace batch
