// Tables of text: columns as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

namespace batch::cli {

enum class align { left, right };

/// A table with one line per row. Cells are shown as they are, so texts of
/// others go through `one_line` first.
class table {
public:
  struct column {
    std::string title;
    align side = align::left;
  };

  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// Takes as many cells as there are columns.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  /// Ends with a line feed; no line ends with a blank.
  std::string text() const;

private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace batch::cli
