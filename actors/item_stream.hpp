// Items out of a body that arrives in pieces.
#pragma once

#include "actors/submission.hpp"

#include <memory>
#include <string_view>

namespace batch {

/// Adds the items of a body to an upload, which it must not outlive. What is
/// wrong with an item stays that item's own affair: it fails alone, when the
/// job runs. Errors are of the whole submission; nothing more is taken then.
///
/// Thread-safety: none.
class item_stream {
public:
  virtual ~item_stream() = default;

  /// Takes the next piece and adds the items that it completes.
  virtual expected<void> feed(std::string_view piece) = 0;

  /// Adds the last item if it had no end.
  virtual expected<void> finish() = 0;
};

using item_stream_ptr = std::unique_ptr<item_stream>;

/// One JSON text a line. Errors: those of the service.
item_stream_ptr make_ndjson_stream(submission& to);

/// A header, then one item a record: codecs/csv_items.hpp.
/// Errors: `ec::invalid_job` if the header does not fit the type, or a quoted
/// cell is still open at the end; those of the service.
item_stream_ptr make_csv_stream(job_type type, submission& to);

} // namespace batch
