// Walks the records that an export is asked for.
#pragma once

#include "actors/queries/export_request.hpp"
#include "actors/queries/rows_ahead.hpp"
#include "codecs/job.hpp"

#include <vector>

namespace batch {

/// The records of a namespace as JSON texts, one after the other: by kind, and
/// by id within a kind. Prefix and cursor cost nothing beyond what they find;
/// a type is looked for in each record.
/// Thread-safety: none.
class record_cursor {
public:
  enum class step { record, skipped, end };

  /// The store outlives the cursor.
  record_cursor(const store_reader& store, snapshot_ptr view,
                const export_request& request);

  /// Looks at the next row; goes on answering `end` once it has.
  expected<step> next();

  /// Of the last record; valid until `next` is called again.
  std::string_view text() const { return text_; }
  /// Records so far.
  uint64_t count() const { return count_; }

private:
  void open();
  expected<step> take_row();
  bool has_wanted_type(std::string_view text);

  const store_reader* store_;
  snapshot_ptr view_;
  std::string ns_, prefix_, type_;
  std::optional<export_cursor> after_;
  uint64_t limit_;
  uint64_t count_ = 0;
  std::vector<export_kind> kinds_;
  size_t kind_ = 0;
  std::optional<rows_ahead> rows_;
  std::optional<field_picker> picker_;
  json_reader reader_;
  json_reader value_reader_;
  std::string rendered_;
  std::string_view text_;
};

/// The JSON text of an embedding, e.g. for an export.
std::string render_embedding(std::string_view ns, std::string_view id,
                             const embedding& x);

} // namespace batch
