// Items out of the records of a CSV file: what its header makes of each row.
//
//   column       goes to
//   ------       -------
//   ns id type visibility content fromNs fromId toNs toId
//                the member of that name, always a string
//   data.<key>   the member <key> of `data`, a value as csv_cell.hpp tells
//   data         `data` as a whole, a JSON object; such a row has no data.<key>
//   others       transform-data and types of one's own: the member of that
//                name, a value
//
// An absent cell makes no member; `data` is there if one of its members is, and
// stands last. What no item of the job type takes is an error of the header.
#pragma once

#include "codecs/csv_cell.hpp"
#include "codecs/csv_reader.hpp"
#include "codecs/error.hpp"
#include "codecs/job_type.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Makes the JSON texts of items. Thread-safety: none.
class csv_items {
public:
  /// Reads the header.
  /// Errors: `ec::invalid_job`, naming the column and what would be right.
  static expected<csv_items> read_header(job_type type,
                                         const csv_record& header);

  size_t columns() const { return names_.size(); }

  /// The JSON text of a row's item, valid until the next call. Whether it is a
  /// good item is for others to say; it is JSON if all cells are UTF-8.
  /// Errors: `ec::invalid_item`, `ec::item_too_large`, telling the place; they
  /// are the row's alone.
  expected<std::string_view> item(const csv_record& row);

  /// What is wrong with a row whose item is no JSON: the cell that is no UTF-8.
  error not_utf8(const csv_record& row) const;

private:
  struct member {
    /// `"key":`
    std::string key;
    size_t column;
    /// Whether the cell may be more than a string.
    bool is_value;
  };

  explicit csv_items(job_type type) : type_(type) {}
  expected<void> add_column(const csv_cell& name);
  expected<void> check_required() const;
  /// Appends the member unless its cell is absent. @returns whether it was.
  bool append_member(const member& to, const csv_record& row);
  expected<void> append_data(const csv_record& row);
  tl::unexpected<error> wrong(const csv_record& row, size_t column,
                              const std::string& what) const;

  job_type type_;
  std::vector<std::string> names_;
  std::vector<member> members_;
  std::vector<member> data_members_;
  std::optional<size_t> data_;
  /// Columns that only the other kind of record fills.
  std::vector<size_t> foreign_;
  std::string text_;
  csv_cell_codec cells_;
};

/// E.g. "line 3 (byte 120)", as all errors of a stream of items begin.
std::string place_in_stream(uint64_t line, uint64_t offset);

} // namespace batch
