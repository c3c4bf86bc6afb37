#include "gateway/cli/table.hpp"

#include "gateway/cli/terminal_text.hpp"

#include <algorithm>
#include <cassert>

namespace batch::cli {

void table::row(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string table::text() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(columns_of(columns_[i].title));
    for (auto& cells : rows_)
      widths[i] = std::max(widths[i], columns_of(cells[i]));
  }
  std::string out;
  std::string line;
  auto put = [&](size_t i, const std::string& cell) {
    std::string gap(widths[i] - columns_of(cell), ' ');
    line += i > 0 ? "  " : "";
    line += columns_[i].side == align::right ? gap + cell : cell + gap;
  };
  auto end_line = [&] {
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
    line.clear();
  };
  for (size_t i = 0; i < columns_.size(); ++i)
    put(i, columns_[i].title);
  end_line();
  for (auto& cells : rows_) {
    for (size_t i = 0; i < columns_.size(); ++i)
      put(i, cells[i]);
    end_line();
  }
  return out;
}

} // namespace batch::cli
