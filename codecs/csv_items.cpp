#include "codecs/csv_items.hpp"

#include "codecs/json_writer.hpp"
#include "codecs/limits.hpp"
#include "codecs/utf8.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>

namespace batch {

namespace {

constexpr std::string_view data_column = "data.";

/// The columns that exports have before those of `data`.
constexpr std::string_view thing_columns[]
  = {"ns", "id", "type", "visibility", "content"};
constexpr std::string_view endpoint_columns[]
  = {"fromNs", "fromId", "toNs", "toId"};
constexpr std::string_view relationship_columns[]
  = {"ns", "id", "type", "fromNs", "fromId", "toNs", "toId"};

using name_list = std::span<const std::string_view>;

bool is_one_of(name_list names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// The columns that a file of items of this type must have.
name_list required_columns(job_type type) {
  switch (type) {
  case job_type::import_things:
    return name_list{thing_columns}.first(3);
  case job_type::import_relationships:
    return relationship_columns;
  case job_type::generate_embeddings:
  case job_type::export_things:
    return name_list{thing_columns}.first(2);
  case job_type::transform_data:
  case job_type::custom:
    break;
  }
  return {};
}

std::string listed(name_list names) {
  std::string out;
  for (auto name : names)
    out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

/// A name as a message shows it.
std::string shown(std::string_view name) {
  return "'" + to_valid_utf8(name.substr(0, 64)) + "'";
}

tl::unexpected<error> wrong_header(const std::string& what) {
  return fail(ec::invalid_job, "the header of the CSV: " + what);
}

std::string key_text(std::string_view key) {
  std::string out;
  append_json_string(out, key);
  return out + ":";
}

} // namespace

std::string place_in_stream(uint64_t line, uint64_t offset) {
  return "line " + std::to_string(line) + " (byte " + std::to_string(offset)
         + ")";
}

expected<csv_items> csv_items::read_header(job_type type,
                                           const csv_record& header) {
  if (header.too_long)
    return wrong_header("it is longer than " + std::to_string(item_bytes_max)
                        + " bytes");
  if (header.fault)
    return wrong_header(
      place_in_stream(header.fault->line, header.fault->offset) + " has "
      + std::string{header.fault->what});
  if (header.cell_count > csv_columns_max)
    return wrong_header("it has more than " + std::to_string(csv_columns_max)
                        + " columns");
  csv_items items{type};
  std::unordered_set<std::string_view> seen;
  for (const auto& cell : header.cells) {
    if (!seen.insert(cell.text).second)
      return wrong_header("the column " + shown(cell.text)
                          + " stands there twice");
    if (auto ok = items.add_column(cell); !ok)
      return fail(ok);
  }
  if (auto ok = items.check_required(); !ok)
    return fail(ok);
  return items;
}

expected<void> csv_items::add_column(const csv_cell& name) {
  auto at = names_.size();
  if (name.is_absent())
    return wrong_header("column " + std::to_string(at + 1) + " has no name");
  if (!is_valid_utf8(name.text))
    return wrong_header("column " + std::to_string(at + 1)
                        + " has a name that is not UTF-8");
  names_.emplace_back(name.text);
  auto is_reference = type_ == job_type::generate_embeddings
                      || type_ == job_type::export_things;
  if (is_one_of(endpoint_columns, name.text)
      && type_ == job_type::import_things) {
    foreign_.push_back(at);
  } else if (is_one_of(thing_columns, name.text)
             || is_one_of(endpoint_columns, name.text)) {
    if (!is_reference || name.text == "ns" || name.text == "id")
      members_.push_back({key_text(name.text), at, false});
  } else if (name.text == "data") {
    if (!is_reference)
      data_ = at;
  } else if (name.text.starts_with(data_column)) {
    if (!is_reference)
      data_members_.push_back(
        {key_text(name.text.substr(data_column.size())), at, true});
  } else if (type_ == job_type::transform_data || type_ == job_type::custom) {
    members_.push_back({key_text(name.text), at, true});
  } else {
    return wrong_header(
      "unknown column " + shown(name.text) + "; "
      + std::string{to_string(type_)} + " takes " + listed(thing_columns) + ", "
      + listed(endpoint_columns) + ", data, and data.<key> for each key");
  }
  return {};
}

expected<void> csv_items::check_required() const {
  auto required = required_columns(type_);
  for (auto name : required)
    if (std::ranges::find(names_, name) == names_.end())
      return wrong_header("the column " + shown(name) + " is missing; "
                          + std::string{to_string(type_)} + " needs "
                          + listed(required));
  return {};
}

expected<std::string_view> csv_items::item(const csv_record& row) {
  auto place = [&] { return place_in_stream(row.line, row.offset); };
  if (row.too_long)
    return fail(ec::item_too_large, place() + " is longer than "
                                      + std::to_string(item_bytes_max)
                                      + " bytes");
  if (row.fault)
    return fail(ec::invalid_item,
                place() + ", column "
                  + (row.fault->cell <= names_.size()
                       ? shown(names_[row.fault->cell - 1])
                       : std::to_string(row.fault->cell))
                  + ": " + std::string{row.fault->what} + ", at "
                  + place_in_stream(row.fault->line, row.fault->offset));
  if (row.cell_count != names_.size())
    return fail(ec::invalid_item,
                place() + " has " + std::to_string(row.cell_count)
                  + " cells, but the header has "
                  + std::to_string(names_.size()) + " columns");
  for (auto column : foreign_)
    if (!row.cells[column].is_absent())
      return wrong(row, column,
                   "the row is a relationship; submit it as "
                   "import-relationships");
  text_ = "{";
  for (const auto& to : members_)
    append_member(to, row);
  if (auto ok = append_data(row); !ok)
    return fail(ok);
  text_.push_back('}');
  return text_;
}

bool csv_items::append_member(const member& to, const csv_record& row) {
  const auto& cell = row.cells[to.column];
  if (cell.is_absent())
    return false;
  if (text_.back() != '{')
    text_.push_back(',');
  text_ += to.key;
  if (to.is_value)
    cells_.append_json(text_, cell);
  else
    append_json_string(text_, cell.text);
  return true;
}

expected<void> csv_items::append_data(const csv_record& row) {
  auto before = text_.size();
  if (before > 1)
    text_.push_back(',');
  text_ += "\"data\":{";
  auto has_members = false;
  for (const auto& to : data_members_)
    has_members |= append_member(to, row);
  if (has_members)
    text_.push_back('}');
  else
    text_.resize(before);
  if (!data_ || row.cells[*data_].is_absent())
    return {};
  const auto& whole = row.cells[*data_];
  if (has_members)
    return wrong(row, *data_,
                 "the row has cells of data.<key> as well; give one or the "
                 "other");
  if (!whole.text.starts_with('{') || !cells_.is_json(whole.text))
    return wrong(row, *data_, "expected a JSON object, e.g. {\"key\":1}");
  if (before > 1)
    text_.push_back(',');
  text_ += "\"data\":";
  text_ += whole.text;
  return {};
}

error csv_items::not_utf8(const csv_record& row) const {
  for (size_t i = 0; i < row.cells.size(); ++i)
    if (!is_valid_utf8(row.cells[i].text))
      return wrong(row, i, "the cell is not UTF-8").value();
  return {ec::invalid_item,
          place_in_stream(row.line, row.offset) + " cannot be read"};
}

tl::unexpected<error> csv_items::wrong(const csv_record& row, size_t column,
                                       const std::string& what) const {
  return fail(ec::invalid_item, place_in_stream(row.line, row.offset)
                                  + ", column " + shown(names_[column]) + ": "
                                  + what);
}

} // namespace batch
