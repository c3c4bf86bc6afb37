// What an export is asked for.
#pragma once

#include "actors/queries/record_fields.hpp"
#include "codecs/csv.hpp"
#include "codecs/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace batch {

/// `npy` and `ids` are of embeddings only: their numbers as an array of NumPy,
/// and their ids in the same order, one a line.
enum class export_format { json, ndjson, csv, npy, ids };
enum class export_kind { things, relationships, embeddings };

std::optional<export_format> parse_export_format(std::string_view name);

std::string_view to_string(export_kind kind);
std::optional<export_kind> parse_export_kind(std::string_view name);

/// A record of an export, by which its rest is asked for.
struct export_cursor {
  export_kind kind = export_kind::things;
  std::string id;
  bool operator==(const export_cursor&) const = default;
};

struct export_request {
  std::string ns;
  export_format format = export_format::json;
  /// Nothing: things, then relationships.
  std::optional<export_kind> kind;
  csv_formulas formulas = csv_formulas::raw;
  /// Only records of this type; empty: of all types. Embeddings have none.
  std::string type;
  /// Only records whose id begins with this.
  std::string prefix;
  /// Nothing: the records as they are stored.
  std::optional<record_fields> fields;
  /// Only what stands behind this record, whether it is still there or not.
  std::optional<export_cursor> after;
  uint64_t limit = UINT64_MAX;
};

/// Reads `<kind>/<id>`, e.g. "things/p1". A kind has no '/', so an id may.
/// Errors: `ec::invalid_request`, saying what would be right.
expected<export_cursor> parse_export_cursor(std::string_view text);

/// Checks what single parts of a request cannot know: an embedding has no
/// type, a cursor has to be one of the records that are asked for, and `npy`
/// and `ids` are formats of embeddings alone.
/// Errors: `ec::invalid_request`.
expected<void> check_export(const export_request& request);

} // namespace batch
