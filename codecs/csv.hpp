// Records as CSV (RFC 4180): CRLF line ends, a header, fields quoted where
// they must be.
//
// The columns are the fields of the service, then one column `data.<key>` for
// each key of `data`. Strings stand as they are, other values as compact JSON,
// what a record lacks is empty. A string that would be taken for something
// else stands in quotes, or as a JSON string: csv_cell.hpp.
//
// A `data` that cells by key cannot give back (it is empty, or has a key
// twice) stands as a whole in the column `data`, which is there only if some
// record needs it.
#pragma once

#include "codecs/csv_cell.hpp"
#include "codecs/json_reader.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace batch {

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

private:
  struct text_hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  static constexpr size_t nowhere = SIZE_MAX;
  /// The place of a key of `data` among the columns; `nowhere` if it is new.
  /// @param guess the place that it is likely to have.
  size_t place_of(std::string_view key, size_t guess) const;
  size_t add_column(std::string_view key);
  /// Takes the values of `data` to their places.
  /// @returns false if cells by key would not give it back.
  bool take_data(std::string_view data, bool learns);

  std::vector<std::string> names_;
  size_t fixed_;
  /// Some record needs the column `data`.
  bool has_whole_column_ = false;
  /// Places of the keys of `data`, without the prefix "data.".
  std::unordered_map<std::string, size_t, text_hash, std::equal_to<>>
    data_columns_;
  /// The JSON texts of a record by column; empty where it has none.
  std::vector<std::string_view> values_;
  /// The record in which a column was met last: tells keys that come twice.
  std::vector<uint64_t> met_in_;
  uint64_t record_ = 0;
  csv_formulas formulas_;
  json_reader outer_;
  json_reader inner_;
  csv_cell_codec cells_;
};

} // namespace batch
