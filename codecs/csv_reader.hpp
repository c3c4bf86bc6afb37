// Records out of a stream of CSV (RFC 4180) that arrives in pieces.
#pragma once

#include "codecs/csv_cell.hpp"
#include "codecs/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace batch {

/// Why a record is none, and where.
struct csv_fault {
  /// A sentence without its place, e.g. "a quote within a cell without quotes".
  std::string_view what;
  /// As those of a record.
  uint64_t line = 0;
  uint64_t offset = 0;
  /// The number of the cell, from 1.
  size_t cell = 0;
};

/// One record. Views are valid only while it is visited.
struct csv_record {
  /// The bytes of the record without its line end; empty if it was too long.
  std::string_view text;
  /// As many as are kept; none if the record has a fault.
  std::span<const csv_cell> cells;
  /// How many there were.
  size_t cell_count = 0;
  bool too_long = false;
  std::optional<csv_fault> fault;
  /// The physical line that it begins on, from 1; blank lines count.
  uint64_t line = 1;
  /// Bytes before the record in the stream; 0 if it begins the stream, whether
  /// or not that has a byte order mark.
  uint64_t offset = 0;
};

/// Splits CSV. Records end with LF or CRLF; the last one may lack its end.
/// Blank lines are skipped, and a byte order mark at the begin. A fault stays
/// within its record: behind one, a cell goes on to the next comma or line end.
///
/// A record with more than `text_bytes_max` bytes, CSV's own quotes not
/// counted, is never held: it is reported without text. (With its quotes a
/// record may have three times as many.)
/// Thread-safety: none.
class csv_reader {
public:
  /// Answers false to stop the splitting.
  using visitor = std::function<bool(const csv_record&)>;

  /// @param cells_max cells of a record that are kept.
  csv_reader(size_t text_bytes_max, size_t cells_max)
    : text_bytes_max_(text_bytes_max), cells_max_(cells_max) {}

  /// Changes how many cells of the next records are kept.
  void keep_cells(size_t count) { cells_max_ = count; }

  /// Takes the next piece and visits each record that it completes.
  /// @returns false if the visitor stopped.
  bool feed(std::string_view piece, const visitor& visit);

  /// Visits the last record if it had no end.
  /// Errors: `ec::invalid_job` if a quoted cell is still open, naming its
  /// begin: where records end behind that is not known.
  expected<void> finish(const visitor& visit);

private:
  /// What stands before the next byte.
  enum class at : uint8_t {
    cell_begin,
    bare_cell,
    quoted_cell,
    /// A quote within a quoted cell: its end, or half of a doubled one.
    quote,
    quoted_end,
    /// A CR that may be half of a line end.
    cr,
  };

  /// A cell by its place in the record.
  struct mark {
    size_t begin;
    size_t end;
    bool quoted;
    bool has_quotes;
  };

  bool take(std::string_view piece, const visitor& visit);
  /// Walks to the end of the record or of the piece.
  /// @returns where in the piece the record's LF stands, or `npos`.
  size_t walk(std::string_view piece);
  /// Ends what stands before a comma, a CR or an LF.
  /// @returns false at the LF, which ends the record.
  bool separate(char c);
  void end_cell();
  void note(std::string_view what, size_t place);
  bool end_record(std::string_view text, const visitor& visit);
  std::span<const csv_cell> cells_of(std::string_view text);

  size_t text_bytes_max_;
  size_t cells_max_;
  /// The first bytes of the stream, as long as they may be a byte order mark.
  std::string begin_;
  bool has_begun_ = false;

  // The record that is being read. Places count from its begin.
  at at_ = at::cell_begin;
  std::string partial_;
  std::vector<mark> marks_;
  size_t cell_count_ = 0;
  mark cell_{};
  std::optional<csv_fault> fault_;
  /// Bytes of it in earlier pieces.
  size_t taken_ = 0;
  /// Quotes that are CSV's own.
  size_t quotes_ = 0;
  bool too_long_ = false;
  uint64_t record_line_ = 1;
  uint64_t record_offset_ = 0;
  uint64_t quoted_line_ = 1;

  uint64_t line_ = 1;
  /// The offset in the stream of the byte at place 0 of the record.
  uint64_t base_ = 0;

  std::vector<csv_cell> cells_;
  std::string unquoted_;
};

} // namespace batch
