// Records as CSV (RFC 4180): CRLF line ends, a header, fields quoted where
// they must be.
//
// The columns are the fields of the service, then one column `data.<key>` for
// each key of `data`. Strings stand as they are, other values as compact JSON,
// what a record lacks is empty.
#pragma once

#include "codecs/json_reader.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace batch {

/// Whether texts that a spreadsheet would run as formulas get a leading
/// apostrophe. Numbers are left alone.
enum class csv_formulas { raw, escape };

/// Appends one field, in quotes if it holds a comma, a quote, CR or LF, or
/// begins or ends with white space.
void append_csv_field(std::string& out, std::string_view text,
                      csv_formulas formulas = csv_formulas::raw);

/// The columns of an export: a fixed front part, then the keys of `data` in
/// the order in which they first appear.
///
/// Thread-safety: none. Use: `collect` each record, then `append_header`, then
/// `append_row` each record again.
class csv_table {
public:
  explicit csv_table(std::span<const std::string_view> fixed_columns,
                     csv_formulas formulas = csv_formulas::raw);

  /// Learns the keys of a record's `data`.
  /// @param record valid JSON text of an object.
  void collect(std::string_view record);

  void append_header(std::string& out) const;
  void append_row(std::string& out, std::string_view record);

  size_t columns() const { return names_.size(); }

private:
  std::string cell_text(std::string_view json);

  std::vector<std::string> names_;
  size_t fixed_;
  /// Places of the keys of `data`, without the prefix "data.".
  std::unordered_map<std::string, size_t> data_columns_;
  csv_formulas formulas_;
  json_reader outer_;
  json_reader inner_;
  json_reader cell_;
};

} // namespace batch
