#include "codecs/csv_cell.hpp"

#include "codecs/digits.hpp"
#include "codecs/json_writer.hpp"

#include <charconv>

namespace batch {

namespace {

bool must_be_quoted(std::string_view text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (text.empty())
    return false;
  if (is_blank(text.front()) || is_blank(text.back()))
    return true;
  for (auto c : text)
    if (c == ',' || c == '"' || c == '\r' || c == '\n')
      return true;
  return false;
}

/// Whether the text is digits, perhaps with a fraction and an exponent.
bool is_unsigned_number(std::string_view text) {
  double x = 0;
  return !text.empty() && is_digit(text[0])
         && std::from_chars(text.begin(), text.end(), x).ptr == text.end();
}

/// Whether a spreadsheet might take the text for a formula: "-5" is a number,
/// "-5-3" is none.
bool looks_like_formula(std::string_view text) {
  if (text.empty() || std::string_view{"=+-@\t\r"}.find(text[0]) == text.npos)
    return false;
  auto is_signed = text[0] == '-' || text[0] == '+';
  return !is_signed || !is_unsigned_number(text.substr(1));
}

/// Takes digits off the front. @returns false if there is none.
bool take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count]))
    ++count;
  text.remove_prefix(count);
  return count > 0;
}

/// Whether the text is a number as JSON writes it, however large.
bool is_json_number(std::string_view text) {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  auto has_leading_zero
    = text.size() > 1 && text[0] == '0' && is_digit(text[1]);
  if (has_leading_zero || !take_digits(text))
    return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits(text))
      return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-'))
      text.remove_prefix(1);
    if (!take_digits(text))
      return false;
  }
  return text.empty();
}

/// Whether the text is a JSON value that needs no brackets or quotes.
bool is_json_scalar(std::string_view text) {
  if (text.empty())
    return false;
  if (text[0] == '-' || is_digit(text[0]))
    return is_json_number(text);
  return text == "true" || text == "false" || text == "null";
}

} // namespace

void append_csv_field(std::string& out, std::string_view text,
                      csv_formulas formulas, csv_quotes quotes) {
  auto guarded = formulas == csv_formulas::escape && looks_like_formula(text);
  if (quotes == csv_quotes::where_needed && !must_be_quoted(text)) {
    if (guarded)
      out.push_back('\'');
    out.append(text);
    return;
  }
  out.push_back('"');
  if (guarded)
    out.push_back('\'');
  for (;;) {
    auto quote = text.find('"');
    out.append(text.substr(0, quote));
    if (quote == text.npos)
      break;
    out += "\"\"";
    text.remove_prefix(quote + 1);
  }
  out.push_back('"');
}

bool csv_cell_codec::is_json(std::string_view text) {
  if (text.size() < 2)
    return false;
  auto last = text.back();
  auto is_closed = (text[0] == '{' && last == '}')
                   || (text[0] == '[' && last == ']')
                   || (text[0] == '"' && last == '"');
  if (!is_closed)
    return false;
  auto checked = reader_.check(text);
  return checked || checked.error().code != ec::invalid_json;
}

void csv_cell_codec::append_json(std::string& out, const csv_cell& cell) {
  if ((!cell.quoted && is_json_scalar(cell.text)) || is_json(cell.text))
    out += cell.text;
  else
    append_json_string(out, cell.text);
}

void csv_cell_codec::append_cell(std::string& out, std::string_view json,
                                 csv_formulas formulas) {
  switch (kind_of_json(json)) {
  case json_kind::string: {
    auto text = content_of(json);
    if (text.empty() || is_json_scalar(text))
      return append_csv_field(out, text, formulas, csv_quotes::always);
    if (!is_json(text))
      return append_csv_field(out, text, formulas);
    literal_.clear();
    append_json_string(literal_, text);
    return append_csv_field(out, literal_, formulas);
  }
  case json_kind::object:
  case json_kind::array:
    return append_csv_field(out, minify_json(json), formulas,
                            csv_quotes::always);
  default:
    out += json;
  }
}

void csv_cell_codec::append_string_cell(std::string& out, std::string_view json,
                                        csv_formulas formulas) {
  if (kind_of_json(json) != json_kind::string)
    return append_cell(out, json, formulas);
  auto text = content_of(json);
  append_csv_field(out, text, formulas,
                   text.empty() ? csv_quotes::always
                                : csv_quotes::where_needed);
}

std::string_view csv_cell_codec::content_of(std::string_view json) {
  // Nearly all strings are without escapes: their own bytes.
  if (json.find('\\') == json.npos)
    return json.substr(1, json.size() - 2);
  text_ = reader_.string_value(json);
  return text_;
}

} // namespace batch
