#include "codecs/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace batch {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Bytes that may end a cell without quotes.
constexpr auto stops = [] {
  std::array<bool, 256> out{};
  for (unsigned char c : {',', '"', '\r', '\n'})
    out[c] = true;
  return out;
}();

size_t find_stop(std::string_view text, size_t from) {
  while (from < text.size() && !stops[static_cast<unsigned char>(text[from])])
    ++from;
  return from;
}

} // namespace

bool csv_reader::feed(std::string_view piece, const visitor& visit) {
  if (!has_begun_) {
    auto head = piece.substr(0, byte_order_mark.size() - begin_.size());
    begin_ += head;
    piece.remove_prefix(head.size());
    if (begin_ != byte_order_mark && byte_order_mark.starts_with(begin_))
      return true; // the rest of the mark may come
    has_begun_ = true;
    if (begin_ == byte_order_mark)
      base_ = begin_.size();
    else if (!take(begin_, visit))
      return false;
  }
  return take(piece, visit);
}

expected<void> csv_reader::finish(const visitor& visit) {
  if (!std::exchange(has_begun_, true))
    take(begin_, visit);
  switch (at_) {
  case at::quoted_cell:
    return fail(ec::invalid_job,
                "line " + std::to_string(quoted_line_) + " (byte "
                  + std::to_string(base_ + cell_.begin - 1)
                  + "): the quoted cell that begins here is not closed before "
                    "the end; a quote within a cell is written twice");
  case at::cell_begin:
    if (taken_ == 0)
      return {};
    cell_ = {taken_, taken_, false, false};
    break;
  case at::quote:
    cell_.end = taken_ - 1;
    break;
  case at::bare_cell:
    cell_.end = taken_;
    break;
  default:
    break;
  }
  auto last = std::move(partial_);
  end_record(last, visit);
  return {};
}

bool csv_reader::take(std::string_view piece, const visitor& visit) {
  for (;;) {
    auto end = walk(piece);
    if (end == piece.npos)
      break;
    auto text = piece.substr(0, end);
    if (taken_ > 0 && !too_long_) {
      partial_.append(text);
      text = partial_;
    }
    auto place = taken_ + end;
    auto go_on = end_record(text, visit);
    base_ += place + 1;
    record_offset_ = base_;
    record_line_ = ++line_;
    piece.remove_prefix(end + 1);
    if (!go_on)
      return false;
  }
  taken_ += piece.size();
  // One more is let in: the CR of CRLF.
  if (!too_long_ && taken_ - quotes_ > text_bytes_max_ + 1) {
    too_long_ = true;
    partial_.clear();
    marks_.clear();
  }
  if (!too_long_)
    partial_.append(piece);
  return true;
}

size_t csv_reader::walk(std::string_view piece) {
  size_t i = 0;
  while (i < piece.size()) {
    auto c = piece[i];
    switch (at_) {
    case at::cell_begin:
      cell_ = {taken_ + i, taken_ + i, c == '"', false};
      at_ = cell_.quoted ? at::quoted_cell : at::bare_cell;
      if (cell_.quoted) {
        quoted_line_ = line_;
        ++cell_.begin;
        ++quotes_;
        ++i;
      }
      break;
    case at::bare_cell:
      i = find_stop(piece, i);
      if (i == piece.size())
        break;
      cell_.end = taken_ + i;
      if (piece[i] == '"')
        note("a quote within a cell that does not begin with one", taken_ + i);
      else if (!separate(piece[i]))
        return i;
      ++i;
      break;
    case at::quoted_cell: {
      auto end = std::min(piece.find('"', i), piece.size());
      line_ += static_cast<uint64_t>(
        std::count(piece.begin() + static_cast<std::ptrdiff_t>(i),
                   piece.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
      i = end;
      if (i == piece.size())
        break;
      at_ = at::quote;
      ++quotes_;
      ++i;
      break;
    }
    case at::quote:
      if (c == '"') {
        cell_.has_quotes = true;
        at_ = at::quoted_cell;
        ++i;
      } else {
        cell_.end = taken_ + i - 1;
        at_ = at::quoted_end;
      }
      break;
    case at::quoted_end:
      if (!stops[static_cast<unsigned char>(c)]) {
        note("text behind the closing quote of a cell", taken_ + i);
        at_ = at::bare_cell;
        break;
      }
      if (!separate(c))
        return i;
      ++i;
      break;
    case at::cr:
      if (c == '\n')
        return i;
      note("a CR without LF; lines end with LF or CRLF, and a cell with a CR "
           "stands in quotes",
           taken_ + i - 1);
      at_ = at::bare_cell;
      break;
    }
  }
  return piece.npos;
}

bool csv_reader::separate(char c) {
  if (c == '\n')
    return false;
  if (c == '\r') {
    at_ = at::cr;
    return true;
  }
  end_cell();
  at_ = at::cell_begin;
  return true;
}

void csv_reader::end_cell() {
  if (!too_long_ && cell_count_ < cells_max_)
    marks_.push_back(cell_);
  ++cell_count_;
}

void csv_reader::note(std::string_view what, size_t place) {
  if (!fault_)
    fault_ = csv_fault{what, line_, base_ + place, cell_count_ + 1};
}

bool csv_reader::end_record(std::string_view text, const visitor& visit) {
  end_cell();
  if (at_ == at::cr && !text.empty())
    text.remove_suffix(1);
  csv_record found;
  found.line = record_line_;
  found.offset = record_offset_;
  found.cell_count = cell_count_;
  found.too_long = too_long_ || text.size() - quotes_ > text_bytes_max_;
  auto is_blank = !found.too_long && cell_count_ == 1 && !cell_.quoted
                  && text.find_first_not_of(" \t") == text.npos;
  if (!found.too_long) {
    found.text = text;
    found.fault = fault_;
    if (!fault_)
      found.cells = cells_of(text);
  }
  auto go_on = is_blank || visit(found);
  at_ = at::cell_begin;
  partial_.clear();
  marks_.clear();
  cell_count_ = 0;
  fault_.reset();
  taken_ = 0;
  quotes_ = 0;
  too_long_ = false;
  return go_on;
}

std::span<const csv_cell> csv_reader::cells_of(std::string_view text) {
  cells_.clear();
  unquoted_.clear();
  // No more than this, lest what cells point to moves.
  unquoted_.reserve(text.size());
  for (const auto& x : marks_) {
    auto cell = text.substr(x.begin, x.end - x.begin);
    if (x.has_quotes) {
      auto begin = unquoted_.size();
      for (size_t quote; (quote = cell.find('"')) != cell.npos;
           cell.remove_prefix(quote + 2))
        unquoted_.append(cell.substr(0, quote + 1));
      unquoted_.append(cell);
      cell = std::string_view{unquoted_}.substr(begin);
    }
    cells_.push_back({cell, x.quoted});
  }
  return cells_;
}

} // namespace batch
