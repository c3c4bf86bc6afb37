#include "codecs/csv.hpp"

#include <algorithm>
#include <charconv>

namespace batch {

namespace {

bool must_be_quoted(std::string_view text) {
  return !text.empty()
         && (text.find_first_of(",\"\r\n") != text.npos || text.front() == ' '
             || text.front() == '\t' || text.back() == ' '
             || text.back() == '\t');
}

/// Whether the text is digits, perhaps with a fraction and an exponent.
bool is_unsigned_number(std::string_view text) {
  double x = 0;
  return !text.empty() && text[0] >= '0' && text[0] <= '9'
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

} // namespace

void append_csv_field(std::string& out, std::string_view text,
                      csv_formulas formulas) {
  auto guarded = formulas == csv_formulas::escape && looks_like_formula(text);
  if (!must_be_quoted(text)) {
    if (guarded)
      out.push_back('\'');
    out.append(text);
    return;
  }
  out.push_back('"');
  if (guarded)
    out.push_back('\'');
  for (auto c : text) {
    if (c == '"')
      out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

csv_table::csv_table(std::span<const std::string_view> fixed_columns,
                     csv_formulas formulas)
  : names_(fixed_columns.begin(), fixed_columns.end()),
    fixed_(fixed_columns.size()), formulas_(formulas) {}

void csv_table::collect(std::string_view record) {
  outer_.members(record, [&](const json_member& field) {
    if (field.key != "data")
      return true;
    inner_.members(field.value, [&](const json_member& member) {
      auto [at, fresh]
        = data_columns_.try_emplace(std::string{member.key}, names_.size());
      if (fresh)
        names_.push_back("data." + at->first);
      return true;
    });
    return true;
  });
}

void csv_table::append_header(std::string& out) const {
  for (size_t i = 0; i < names_.size(); ++i) {
    if (i > 0)
      out.push_back(',');
    append_csv_field(out, names_[i]);
  }
  out += "\r\n";
}

void csv_table::append_row(std::string& out, std::string_view record) {
  std::vector<std::string> cells(names_.size());
  outer_.members(record, [&](const json_member& field) {
    auto fixed_end = names_.begin() + static_cast<std::ptrdiff_t>(fixed_);
    auto column = std::find(names_.begin(), fixed_end, field.key);
    if (column != fixed_end)
      cells[static_cast<size_t>(column - names_.begin())]
        = cell_text(field.value);
    else if (field.key == "data")
      inner_.members(field.value, [&](const json_member& member) {
        auto at = data_columns_.find(std::string{member.key});
        if (at != data_columns_.end())
          cells[at->second] = cell_text(member.value);
        return true;
      });
    return true;
  });
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0)
      out.push_back(',');
    append_csv_field(out, cells[i], formulas_);
  }
  out += "\r\n";
}

std::string csv_table::cell_text(std::string_view json) {
  switch (kind_of_json(json)) {
  case json_kind::string:
    return cell_.string_value(json);
  case json_kind::object:
  case json_kind::array:
    return minify_json(json);
  default:
    return std::string{json};
  }
}

} // namespace batch
