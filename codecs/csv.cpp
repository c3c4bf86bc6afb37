#include "codecs/csv.hpp"

#include <algorithm>
#include <utility>

namespace batch {

namespace {
constexpr std::string_view data_prefix = "data.";
} // namespace

csv_table::csv_table(std::span<const std::string_view> fixed_columns,
                     csv_formulas formulas)
  : names_(fixed_columns.begin(), fixed_columns.end()),
    fixed_(fixed_columns.size()), values_(fixed_), met_in_(fixed_),
    formulas_(formulas) {}

size_t csv_table::place_of(std::string_view key, size_t guess) const {
  // Records mostly have the keys of the one before, in the same order.
  if (guess >= fixed_ && guess < names_.size()
      && std::string_view{names_[guess]}.substr(data_prefix.size()) == key)
    return guess;
  auto found = data_columns_.find(key);
  return found == data_columns_.end() ? nowhere : found->second;
}

size_t csv_table::add_column(std::string_view key) {
  auto at = names_.size();
  data_columns_.emplace(key, at);
  names_.push_back(std::string{data_prefix}.append(key));
  values_.emplace_back();
  met_in_.push_back(0);
  return at;
}

bool csv_table::take_data(std::string_view data, bool learns) {
  ++record_;
  auto is_empty = true;
  auto has_twice = false;
  auto next = fixed_;
  inner_.members(data, [&](const json_member& member) {
    is_empty = false;
    auto at = place_of(member.key, next);
    if (at == nowhere && learns)
      at = add_column(member.key);
    if (at == nowhere)
      return true;
    has_twice |= std::exchange(met_in_[at], record_) == record_;
    values_[at] = member.value;
    next = at + 1;
    return true;
  });
  return !is_empty && !has_twice;
}

void csv_table::collect(std::string_view record) {
  outer_.members(record, [&](const json_member& field) {
    if (field.key == "data" && !take_data(field.value, true))
      has_whole_column_ = true;
    return true;
  });
}

void csv_table::append_header(std::string& out) const {
  auto is_first = true;
  auto append = [&](std::string_view name) {
    if (!std::exchange(is_first, false))
      out.push_back(',');
    append_csv_field(out, name);
  };
  for (size_t i = 0; i < fixed_; ++i)
    append(names_[i]);
  if (has_whole_column_)
    append("data");
  for (size_t i = fixed_; i < names_.size(); ++i)
    append(names_[i]);
  out += "\r\n";
}

void csv_table::append_row(std::string& out, std::string_view record) {
  std::ranges::fill(values_, std::string_view{});
  std::string_view data;
  outer_.members(record, [&](const json_member& field) {
    if (field.key == "data") {
      data = field.value;
      return true;
    }
    auto fixed_end = names_.begin() + static_cast<std::ptrdiff_t>(fixed_);
    auto column = std::find(names_.begin(), fixed_end, field.key);
    if (column != fixed_end)
      values_[static_cast<size_t>(column - names_.begin())] = field.value;
    return true;
  });
  std::string_view whole;
  if (!data.empty() && !take_data(data, false) && has_whole_column_) {
    whole = data;
    std::fill(values_.begin() + static_cast<std::ptrdiff_t>(fixed_),
              values_.end(), std::string_view{});
  }
  auto is_first = true;
  auto begin_cell = [&] {
    if (!std::exchange(is_first, false))
      out.push_back(',');
  };
  for (size_t i = 0; i < fixed_; ++i) {
    begin_cell();
    if (!values_[i].empty())
      cells_.append_string_cell(out, values_[i], formulas_);
  }
  if (has_whole_column_) {
    begin_cell();
    if (!whole.empty())
      cells_.append_cell(out, whole, formulas_);
  }
  for (size_t i = fixed_; i < values_.size(); ++i) {
    begin_cell();
    if (!values_[i].empty())
      cells_.append_cell(out, values_[i], formulas_);
  }
  out += "\r\n";
}

} // namespace batch
