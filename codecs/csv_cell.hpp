// What a cell of CSV means, both ways: a string, or a JSON value.
//
//   cell    unquoted                     in quotes
//   ----    --------                     ---------
//   empty   no value                     the empty string
//   5 true  that JSON value              a string
//   {…} […] that JSON value              that JSON value
//   "…"     (cannot stand there)         that JSON string
//   other   a string                     a string
//
// A text counts as JSON only if it is valid from its first byte to its last;
// what merely looks like it is a string. So every value has a cell that reads
// back as the same value, and nearly every string is its own cell.
#pragma once

#include "codecs/json_reader.hpp"

#include <string>
#include <string_view>

namespace batch {

/// A cell without its quotes, doubled quotes within it resolved.
struct csv_cell {
  std::string_view text;
  bool quoted = false;

  /// Stands for no value at all.
  bool is_absent() const { return text.empty() && !quoted; }
};

/// Whether texts that a spreadsheet would run as formulas get a leading
/// apostrophe. Numbers are left alone.
enum class csv_formulas { raw, escape };

/// Whether a field stands in quotes even where it need not.
enum class csv_quotes { where_needed, always };

/// Appends one field, in quotes if it holds a comma, a quote, CR or LF, or
/// begins or ends with white space.
void append_csv_field(std::string& out, std::string_view text,
                      csv_formulas formulas = csv_formulas::raw,
                      csv_quotes quotes = csv_quotes::where_needed);

/// Turns JSON values into cells and back, with buffers that are used again.
/// Thread-safety: none.
class csv_cell_codec {
public:
  /// Appends the JSON text of a cell that is not absent. Texts that are JSON
  /// stay as they are to the last digit, also beyond what `json_reader::check`
  /// allows. Strings that are no UTF-8 make a text that is no JSON.
  void append_json(std::string& out, const csv_cell& cell);

  /// Appends the cell of a valid JSON text.
  void append_cell(std::string& out, std::string_view json,
                   csv_formulas formulas);

  /// Appends the cell of a column whose cells are all strings, so that no
  /// string has to be told from a value: only the empty one is.
  void append_string_cell(std::string& out, std::string_view json,
                          csv_formulas formulas);

  /// Whether a text begins with a bracket or a quote and is JSON (RFC 8259)
  /// without white space around it.
  bool is_json(std::string_view text);

private:
  /// The content of a valid JSON string; valid until the next call.
  std::string_view content_of(std::string_view json);

  json_reader reader_;
  std::string text_;
  std::string literal_;
};

} // namespace batch
